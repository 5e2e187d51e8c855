/** Clients, real and in memory: what a service hears of them, and they of it. */
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorCode } from "../../src/effects/os_error.ts";
import type { PeerConnection, PeerEvents, Peers } from "../../src/effects/peers.ts";
import { MemoryPeers } from "../../src/memory/peers.ts";
import { bytesToString, stringToBytes } from "../../src/names/byte_string.ts";
import { EventLoop } from "../../src/sys/event_loop.ts";
import { createPeers } from "../../src/sys/peers.ts";
import {
  closeSocket,
  connectTo,
  listenAt,
  receiveText,
  sendText,
  shutDownWriting,
} from "./unix_ends.ts";

/** A client's end. */
interface ClientEnd {
  send(text: string): void;
  /** Shuts down writing. */
  end(): void;
  vanish(): void;
  /** Reads, and tells all that it has read so far. */
  read(): string;
  /** Reads a part of what there is. */
  readSome(): void;
  /** From now on it takes no more than a kernel does, until it reads. */
  limit(): void;
  /** Whether it has read the end. */
  isClosed(): boolean;
}

interface PeerStage {
  readonly peers: Peers;
  connect(): ClientEnd;
  /** A client that is gone before anybody accepts it. */
  connectVanished(): void;
  /** Waits until it is so. */
  until(isSo: () => boolean): Promise<void>;
  dispose(): void;
}

/** More than any socket takes that nobody reads. */
const MUCH = "x".repeat(2_000_000);
/** As much as the kernel takes for a client that does not read. */
const ROOM_BYTES = 200_000;
/** Read one by one, these are less than what was sent. */
const PIECES = 5;
const TRIES_MAX = 1000;

function createMemoryStage(): PeerStage {
  const peers = new MemoryPeers();
  return {
    peers,
    connect: () => {
      const peer = peers.connect();
      peer.pause(ROOM_BYTES);
      return {
        send: (text) => peer.send(text),
        end: () => peer.end(),
        vanish: () => peer.vanish(),
        read: () => {
          peer.readOn();
          return peer.received;
        },
        readSome: () => peer.readOn(ROOM_BYTES),
        limit: () => peer.pause(ROOM_BYTES),
        isClosed: () => peer.isClosed,
      };
    },
    connectVanished: () => void peers.connectVanished(),
    // Everything has happened within the calls.
    until: async () => undefined,
    dispose: () => undefined,
  };
}

/** One loop for all: it can't be closed. */
const loop = new EventLoop(0);

function createRealStage(): PeerStage {
  const folder = mkdtempSync(join(tmpdir(), "fastflush-peers-"));
  const path = join(folder, "s");
  const listener = listenAt(path);
  const sockets = new Set<number>();
  return {
    peers: createPeers(loop, listener, 1),
    connect: () => {
      const socket = connectTo(path);
      sockets.add(socket);
      return realEnd(socket, sockets);
    },
    connectVanished: () => closeSocket(connectTo(path)),
    until: async (isSo) => {
      for (let tries = 0; !isSo() && tries < TRIES_MAX; tries++) {
        await Bun.sleep(2);
      }
    },
    dispose: () => {
      for (const socket of sockets) {
        closeSocket(socket);
      }
      rmSync(folder, { recursive: true });
    },
  };
}

function realEnd(socket: number, sockets: Set<number>): ClientEnd {
  let received = "";
  let isClosed = false;
  const read = (): string => {
    for (let text = receiveText(socket); text !== null; text = receiveText(socket)) {
      received += text;
      isClosed = text === "";
      if (isClosed) {
        break;
      }
    }
    return received;
  };
  return {
    send: (text) => sendText(socket, text),
    end: () => shutDownWriting(socket),
    vanish: () => {
      sockets.delete(socket);
      closeSocket(socket);
    },
    read,
    readSome: () => {
      received += receiveText(socket) ?? "";
    },
    limit: () => undefined,
    isClosed: () => {
      read();
      return isClosed;
    },
  };
}

/** What a service hears, in order; its connections. */
class Service {
  readonly heard: string[] = [];
  readonly connections: PeerConnection[] = [];
  /** What came of the greeting of each. */
  readonly greeted: boolean[] = [];
  onDrained: () => void = () => undefined;

  readonly accept = (connection: PeerConnection): PeerEvents => {
    this.connections.push(connection);
    this.greeted.push(connection.write(stringToBytes("hello ")));
    return {
      data: (bytes) => this.heard.push(bytesToString(bytes)),
      ended: () => this.heard.push("(ended)"),
      drained: () => {
        this.heard.push("(drained)");
        this.onDrained();
      },
      closed: () => this.heard.push("(closed)"),
    };
  };

  has(what: string): boolean {
    return this.heard.includes(what);
  }

  /** The one connection. */
  get only(): PeerConnection {
    const [connection] = this.connections;
    if (connection === undefined || this.connections.length > 1) {
      throw new Error(`there are ${this.connections.length} connections`);
    }
    return connection;
  }
}

describe.each([
  { kind: "real", createStage: createRealStage },
  { kind: "in memory", createStage: createMemoryStage },
])("clients, $kind", ({ createStage }) => {
  let stage: PeerStage | undefined;
  afterEach(() => stage?.dispose());

  async function begin() {
    const made = createStage();
    stage = made;
    const service = new Service();
    const listener = made.peers.listen(service.accept);
    const client = made.connect();
    await made.until(() => service.connections.length === 1);
    return { ...made, service, listener, client };
  }

  test("both sides hear each other, also when the client has shut down writing", async () => {
    const { service, client, until, listener } = await begin();
    client.send("one");
    await until(() => service.has("one"));
    client.end();
    await until(() => service.has("(ended)"));
    expect(service.only.write(stringToBytes("two"))).toBe(true);
    await until(() => client.read() === "hello two");
    expect(client.read()).toBe("hello two");
    expect(service.heard).toEqual(["one", "(ended)"]);
    listener.stop();
  });

  test("a close ends what the client reads, and is heard of once, within the call", async () => {
    const { service, client, until, listener } = await begin();
    service.only.close();
    expect(service.heard).toEqual(["(closed)"]);
    service.only.close();
    await until(() => client.isClosed() && service.has("(closed)"));
    expect([client.isClosed(), client.read(), service.heard]).toEqual([
      true,
      "hello ",
      ["(closed)"],
    ]);
    expect(service.only.write(stringToBytes("late"))).toBe(false);
    expect(errorOf(() => service.only.credentials())).not.toBe("");
    listener.stop();
  });

  test("a client that vanishes is heard of once, and can't be written to", async () => {
    const { service, client, until, listener } = await begin();
    client.vanish();
    await until(() => service.has("(closed)"));
    expect(service.heard.filter((what) => what === "(closed)")).toHaveLength(1);
    expect(service.only.write(stringToBytes("late"))).toBe(false);
    service.only.close();
    service.only.abort();
    listener.stop();
  });

  test("a client that was gone before it was accepted can't be greeted", async () => {
    const { service, until, listener, connectVanished } = await begin();
    connectVanished();
    await until(() => service.greeted.length === 2);
    expect(service.greeted).toEqual([true, false]);
    listener.stop();
  });

  test("what a client does not read is kept, follows when it reads, and only then is it closed", async () => {
    const { service, client, until, listener } = await begin();
    expect(service.only.isBehind).toBe(false);
    expect(service.only.write(stringToBytes(MUCH))).toBe(true);
    expect(service.only.isBehind).toBe(true);
    service.only.close();
    expect(service.only.write(stringToBytes("late"))).toBe(false);
    await until(() => client.isClosed());
    expect(client.read()).toBe(`hello ${MUCH}`);
    expect(service.has("(drained)")).toBe(true);
    listener.stop();
  });

  test("what is written as soon as there is room is kept as well, also where a close follows", async () => {
    const { service, client, until, listener } = await begin();
    service.only.write(stringToBytes(MUCH));
    service.onDrained = () => {
      service.onDrained = () => undefined;
      client.limit();
      service.only.write(stringToBytes(MUCH));
      service.only.close();
    };
    client.read();
    await until(() => client.isClosed());
    expect(client.read()).toBe(`hello ${MUCH}${MUCH}`);
    listener.stop();
  });

  test("nobody hears that there is room before all has been handed over, and then once", async () => {
    const { service, client, until, listener } = await begin();
    const behind: boolean[] = [];
    service.onDrained = () => behind.push(service.only.isBehind);
    service.only.write(stringToBytes(MUCH));
    for (let piece = 0; piece < PIECES; piece++) {
      client.readSome();
    }
    client.read();
    await until(() => client.read().length === `hello ${MUCH}`.length);
    expect(behind).toEqual([false]);
    listener.stop();
  });

  test("an abort drops what waits", async () => {
    const { service, client, until, listener } = await begin();
    service.only.write(stringToBytes(MUCH));
    service.only.abort();
    await until(() => client.isClosed() && service.has("(closed)"));
    expect(client.read().length).toBeLessThan(MUCH.length);
    listener.stop();
  });

  test("who is accepted stays when the listener stops", async () => {
    const { service, client, until, listener } = await begin();
    listener.stop();
    client.send("still here");
    await until(() => service.has("still here"));
    expect(service.heard).toEqual(["still here"]);
  });

  test("it is known who connected", async () => {
    const { service, listener } = await begin();
    expect(service.only.credentials().uid).toBe(process.getuid?.() ?? 0);
    listener.stop();
  });
});

function errorOf(call: () => unknown): string {
  try {
    call();
    return "";
  } catch (caught) {
    return errorCode(caught);
  }
}
