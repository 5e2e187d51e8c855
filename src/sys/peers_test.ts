/**
 * The listener on a descriptor that somebody else has opened: accept, half-open
 * clients, clients that are gone, the stop at an exact connection, credentials, clients that read slowly.
 */

import { dlopen, FFIType } from "bun:ffi";
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PeerConnection, PeerEvents } from "../effects/peers.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { EventLoop } from "./event_loop.ts";
import { createPeers } from "./peers.ts";

/** Never waits: the clients are of Bun's loop. */
const loop = new EventLoop(0);

const int = FFIType.i32;
const libc = dlopen("libc.so.6", {
  socket: { args: [int, int, int], returns: int },
  bind: { args: [int, FFIType.ptr, FFIType.u32], returns: int },
  listen: { args: [int, int], returns: int },
  connect: { args: [int, FFIType.ptr, FFIType.u32], returns: int },
  recv: { args: [int, FFIType.ptr, FFIType.u64, int], returns: int },
  close: { args: [int], returns: int },
  dup: { args: [int], returns: int },
  getrlimit: { args: [int, FFIType.ptr], returns: int },
  setrlimit: { args: [int, FFIType.ptr], returns: int },
}).symbols;

const AF_UNIX = 1;
const SOCK_STREAM_NONBLOCK = 1 | 0x800;
const BACKLOG = 100;
const MSG_DONTWAIT = 0x40;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true });
  }
});

function address(path: string): Buffer {
  const bytes = Buffer.alloc(110);
  bytes.writeUInt16LE(AF_UNIX, 0);
  bytes.write(path, 2, "latin1");
  return bytes;
}

function listenSocket(): { path: string; descriptor: number } {
  const folder = mkdtempSync(join(tmpdir(), "fastflush-peers-"));
  folders.push(folder);
  const path = join(folder, "s");
  const descriptor = libc.socket(AF_UNIX, SOCK_STREAM_NONBLOCK, 0);
  const bytes = address(path);
  expect(libc.bind(descriptor, bytes, bytes.length)).toBe(0);
  expect(libc.listen(descriptor, BACKLOG)).toBe(0);
  return { path, descriptor };
}

/** A client that says something, shuts down writing, and waits for the end of the answer. */
async function ask(path: string, text: string): Promise<string> {
  const ended = Promise.withResolvers<string>();
  let received = "";
  const socket = await Bun.connect({
    unix: path,
    socket: {
      data: (_, bytes) => {
        received += bytesToString(bytes);
      },
      close: () => ended.resolve(received),
      error: (_, error) => ended.reject(error),
    },
  });
  socket.write(stringToBytes(text));
  socket.shutdown();
  return await ended.promise;
}

/** Greets, answers what it reads at the end of input, and closes. */
function echo(connection: PeerConnection): PeerEvents {
  connection.write(stringToBytes("hello "));
  let text = "";
  return {
    data: (bytes) => {
      text += bytesToString(bytes);
    },
    ended: () => {
      connection.write(stringToBytes(text));
      connection.close();
    },
    drained: () => {},
    closed: () => {},
  };
}

const RLIMIT_NOFILE = 7;

/** While `work` goes on, this process gets no new descriptor. */
async function withoutDescriptors<Result>(work: () => Promise<Result>): Promise<Result> {
  const limits = new BigUint64Array(2);
  expect(libc.getrlimit(RLIMIT_NOFILE, limits)).toBe(0);
  const [, most = 0n] = limits;
  expect(libc.setrlimit(RLIMIT_NOFILE, BigUint64Array.of(0n, most))).toBe(0);
  try {
    return await work();
  } finally {
    expect(libc.setrlimit(RLIMIT_NOFILE, limits)).toBe(0);
  }
}

describe("createPeers", () => {
  test("serves who came while there was no descriptor, once there is one again", async () => {
    const { path, descriptor } = listenSocket();
    const client = libc.socket(AF_UNIX, SOCK_STREAM_NONBLOCK, 0);
    const bytes = address(path);
    expect(libc.connect(client, bytes, bytes.length)).toBe(0);
    const greeted = Promise.withResolvers<void>();
    let isGreeted = false;
    const listener = await withoutDescriptors(async () => {
      const listening = createPeers(loop, descriptor, 1).listen((connection) => {
        isGreeted = true;
        greeted.resolve();
        return echo(connection);
      });
      // The loop has gone round with the client waiting.
      await new Promise<void>((resolve) => {
        loop.after(1, resolve);
      });
      expect(isGreeted).toBeFalse();
      return listening;
    });
    await greeted.promise;
    libc.close(client);
    listener.stop();
  });

  test("accepts on a descriptor, and answers a client that has shut down writing", async () => {
    const { path, descriptor } = listenSocket();
    const listener = createPeers(loop, descriptor, 1).listen(echo);
    const answers = await Promise.all(["one", "two", "three"].map((text) => ask(path, text)));
    expect(answers).toEqual(["hello one", "hello two", "hello three"]);
    listener.stop();
  });

  test("knows who connected", async () => {
    const { path, descriptor } = listenSocket();
    const seen: number[] = [];
    const listener = createPeers(loop, descriptor, 1).listen((connection) => {
      const { pid, uid } = connection.credentials();
      seen.push(pid, uid);
      return echo(connection);
    });
    await ask(path, "x");
    expect(seen).toEqual([process.pid, process.getuid?.() ?? -1]);
    listener.stop();
  });

  test("says that a client is gone which hung up before it was greeted", async () => {
    const { path, descriptor } = listenSocket();
    const client = libc.socket(AF_UNIX, 1, 0);
    const bytes = address(path);
    expect(libc.connect(client, bytes, bytes.length)).toBe(0);
    libc.close(client);
    const greeted = Promise.withResolvers<boolean>();
    const listener = createPeers(loop, descriptor, 1).listen((connection) => {
      greeted.resolve(connection.write(stringToBytes("hello")));
      connection.close();
      return { data() {}, ended() {}, drained() {}, closed() {} };
    });
    expect(await greeted.promise).toBeFalse();
    listener.stop();
  });

  test("stops at exactly the connection at which it is told to; others can go on", async () => {
    const { path, descriptor } = listenSocket();
    const successor = libc.dup(descriptor);
    let accepted = 0;
    const first = createPeers(loop, descriptor, 1).listen((connection) => {
      if (++accepted === 3) {
        first.stop();
      }
      return echo(connection);
    });
    const asked = Array.from({ length: 8 }, (_, index) => ask(path, String(index)));
    await Promise.race(asked.slice(2));
    await Bun.sleep(50);
    expect(accepted).toBe(3);
    // As the successor of a process does, with a descriptor of its own for the same socket.
    const second = createPeers(loop, successor, 1).listen(echo);
    const answers = await Promise.all(asked);
    expect(answers).toEqual(answers.map((_, index) => `hello ${index}`));
    second.stop();
  });

  test("tells no credentials of a connection that is gone: its number may be another's", async () => {
    const { path, descriptor } = listenSocket();
    const connections: PeerConnection[] = [];
    const listener = createPeers(loop, descriptor, 1).listen((connection) => {
      connections.push(connection);
      return echo(connection);
    });
    await ask(path, "x");
    expect(() => connections[0]?.credentials()).toThrow("getsockopt: Bad file descriptor");
    listener.stop();
  });
});

/** More than the kernel keeps for a client that does not read. */
const REPLY_BYTES = 3_000_000;

/** Bytes that a shift, a loss or a repeat would show. */
function numbers(bytes: number): Buffer {
  const text = Array.from({ length: Math.ceil(bytes / 8) }, (_, index) =>
    String(index).padStart(8, "0"),
  );
  return Buffer.from(text.join(""), "latin1").subarray(0, bytes);
}

/** A client that connects, and reads nothing yet. */
async function pausedClient(path: string) {
  const chunks: Uint8Array[] = [];
  const closed = Promise.withResolvers<Buffer>();
  const socket = await Bun.connect({
    unix: path,
    allowHalfOpen: true,
    socket: {
      data: (_, bytes) => {
        chunks.push(bytes.slice());
      },
      close: () => closed.resolve(Buffer.concat(chunks)),
    },
  });
  socket.pause();
  return { socket, received: closed.promise };
}

/** Listens, and hands over the first connection, with what is heard of it. */
function listenForOne() {
  const { path, descriptor } = listenSocket();
  const accepted = Promise.withResolvers<PeerConnection>();
  const drained = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const heard: string[] = [];
  const listener = createPeers(loop, descriptor, 1).listen((connection) => {
    accepted.resolve(connection);
    return {
      data() {},
      ended: () => heard.push("ended"),
      drained() {
        heard.push("drained");
        drained.resolve();
      },
      closed() {
        heard.push("closed");
        closed.resolve();
      },
    };
  });
  const parts = { drained: drained.promise, closed: closed.promise, connection: accepted.promise };
  return { path, listener, heard, ...parts };
}

describe("a client that reads slowly", () => {
  const pieceSizes = [REPLY_BYTES, 4096, 37_123];
  for (const pieceBytes of pieceSizes) {
    for (const shutsDown of [false, true]) {
      const how = shutsDown ? ", having shut down writing" : "";
      test(`gets all of a long reply in pieces of ${pieceBytes}, then the end${how}`, async () => {
        const { path, listener, heard, connection: accepted, closed } = listenForOne();
        const { socket, received } = await pausedClient(path);
        if (shutsDown) {
          socket.shutdown();
        }
        const connection = await accepted;
        const reply = numbers(REPLY_BYTES);
        for (let at = 0; at < reply.length; at += pieceBytes) {
          expect(connection.write(reply.subarray(at, at + pieceBytes))).toBeTrue();
        }
        expect(connection.isBehind).toBeTrue();
        connection.close();
        connection.close();
        expect(connection.write(stringToBytes("more"))).toBeFalse();
        expect(heard).not.toContain("drained");
        expect(connection.credentials().pid).toBe(process.pid);
        socket.resume();
        const got = await received;
        expect(got.length).toBe(REPLY_BYTES);
        expect(got.equals(reply)).toBeTrue();
        await closed;
        expect(heard.filter((what) => what !== "ended")).toEqual(["drained", "closed"]);
        expect(connection.isBehind).toBeFalse();
        listener.stop();
      });
    }
  }

  test("is told of when it has caught up, each time, and can be written to again", async () => {
    const { path, listener, heard, connection: accepted, drained } = listenForOne();
    const { socket, received } = await pausedClient(path);
    const connection = await accepted;
    const reply = numbers(REPLY_BYTES);
    let at = 0;
    for (; !connection.isBehind && at < REPLY_BYTES; at += 4096) {
      connection.write(reply.subarray(at, at + 4096));
    }
    expect(at).toBeLessThan(REPLY_BYTES);
    socket.resume();
    await drained;
    expect(connection.isBehind).toBeFalse();
    connection.write(reply.subarray(at));
    connection.close();
    expect((await received).equals(reply)).toBeTrue();
    expect(heard.filter((what) => what === "drained").length).toBe(2);
    listener.stop();
  });

  test("gets what is written when there is room again behind what still waits", async () => {
    const { path, listener, connection: accepted } = listenForOne();
    const client = libc.socket(AF_UNIX, 1, 0);
    const bytes = address(path);
    expect(libc.connect(client, bytes, bytes.length)).toBe(0);
    const connection = await accepted;
    const reply = numbers(REPLY_BYTES);
    const half = REPLY_BYTES / 2;
    connection.write(reply.subarray(0, half));
    expect(connection.isBehind).toBeTrue();
    const got = Buffer.alloc(REPLY_BYTES);
    let count = 0;
    const readOn = () => {
      const read = libc.recv(client, got.subarray(count), REPLY_BYTES - count, MSG_DONTWAIT);
      count += Math.max(0, read);
      return read;
    };
    expect(readOn()).toBeGreaterThan(0);
    connection.write(reply.subarray(half));
    connection.close();
    while (readOn() !== 0) {
      await Bun.sleep(0);
    }
    expect([count, got.equals(reply)]).toEqual([REPLY_BYTES, true]);
    libc.close(client);
    listener.stop();
  });

  for (const shutsDown of [false, true]) {
    const how = shutsDown ? " having shut down writing" : "";
    test(`and dies${how} is gone, with all that was kept for it`, async () => {
      const { path, listener, heard, connection: accepted, closed } = listenForOne();
      const { socket } = await pausedClient(path);
      if (shutsDown) {
        socket.shutdown();
      }
      const connection = await accepted;
      connection.write(numbers(REPLY_BYTES));
      expect(connection.isBehind).toBeTrue();
      socket.terminate();
      await closed;
      expect(connection.isBehind).toBeFalse();
      expect(connection.write(stringToBytes("more"))).toBeFalse();
      expect(heard).not.toContain("drained");
      listener.stop();
    });
  }

  test("is heard to go after it has shut down writing, also where nothing waits for it", async () => {
    const { path, listener, heard, connection: accepted, closed } = listenForOne();
    const { socket } = await pausedClient(path);
    socket.shutdown();
    const connection = await accepted;
    while (!heard.includes("ended")) {
      await Bun.sleep(1);
    }
    expect(heard).toEqual(["ended"]);
    socket.terminate();
    await closed;
    expect(connection.write(stringToBytes("more"))).toBeFalse();
    listener.stop();
  });

  test("can be given up: it gets what the kernel has, and the end", async () => {
    const { path, listener, heard, connection: accepted } = listenForOne();
    const { socket, received } = await pausedClient(path);
    const connection = await accepted;
    const reply = numbers(REPLY_BYTES);
    connection.write(reply);
    connection.abort();
    expect(heard).toEqual(["closed"]);
    socket.resume();
    const got = await received;
    expect(got.length).toBeLessThan(REPLY_BYTES);
    expect(reply.subarray(0, got.length).equals(got)).toBeTrue();
    listener.stop();
  });
});
