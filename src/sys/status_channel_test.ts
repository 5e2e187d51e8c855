/** The channel to master(8), with both ends in the hands of the test. */

import { dlopen, FFIType } from "bun:ffi";
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { randomFrom } from "../../test/support/random.ts";
import { EventLoop } from "./event_loop.ts";
import { createStatusChannel } from "./status_channel.ts";

const int = FFIType.i32;
const libc = dlopen("libc.so.6", {
  socketpair: { args: [int, int, int, FFIType.ptr], returns: int },
  recv: { args: [int, FFIType.ptr, FFIType.u64, int], returns: int },
  send: { args: [int, FFIType.ptr, FFIType.u64, int], returns: int },
  dup: { args: [int], returns: int },
  close: { args: [int], returns: int },
}).symbols;

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const MSG_DONTWAIT = 0x40;
const MESSAGE_BYTES = 12;

/** Never waits: the test's own waits are of Bun's loop. */
const loop = new EventLoop(0);

function pair(): [ours: number, masters: number] {
  const descriptors = new Int32Array(2);
  expect(libc.socketpair(AF_UNIX, SOCK_STREAM, 0, descriptors)).toBe(0);
  return [descriptors[0] ?? -1, descriptors[1] ?? -1];
}

/** Whether any epoll(7) of this process has that number. */
function isWatched(descriptor: number): boolean {
  return readdirSync("/proc/self/fdinfo").some((name) =>
    new RegExp(`^tfd: *${descriptor} `, "m").test(infoOf(name)),
  );
}

/** Empty: it has been closed meanwhile. */
function infoOf(name: string): string {
  try {
    return readFileSync(`/proc/self/fdinfo/${name}`, "utf8");
  } catch {
    return "";
  }
}

const message = (number: number): Uint8Array => new Uint8Array(MESSAGE_BYTES).fill(number);

describe("createStatusChannel", () => {
  test("hands messages over whole and in order, also when the channel was full", async () => {
    const [ours, masters] = pair();
    const channel = createStatusChannel(loop, ours);
    await Bun.sleep(1);
    // Many more than a socket holds.
    const count = 5000;
    for (let number = 0; number < count; number++) {
      channel.send(message(number % 251));
    }
    const bytes = new Uint8Array(MESSAGE_BYTES);
    let waits = 0;
    for (let number = 0; number < count; number++) {
      while (libc.recv(masters, bytes, bytes.length, MSG_DONTWAIT) !== MESSAGE_BYTES) {
        waits++;
        expect(waits).toBeLessThan(count);
        await Bun.sleep(1);
      }
      if (bytes.some((byte) => byte !== number % 251)) {
        throw new Error(`message ${number} is ${bytes}`);
      }
    }
    expect(waits).toBeGreaterThan(0);
    libc.close(masters);
    await Bun.sleep(10);
  });

  test("takes no notice of what comes from the other end", async () => {
    const [ours, masters] = pair();
    let ends = 0;
    const channel = createStatusChannel(loop, ours);
    channel.onEnd(() => ends++);
    const random = randomFrom(1);
    for (let count = 0; count < 200; count++) {
      const noise = Uint8Array.from({ length: 1 + random(3000) }, () => random(256));
      libc.send(masters, noise, noise.length, MSG_DONTWAIT);
      await Bun.sleep(0);
    }
    expect(ends).toBe(0);
    channel.send(message(7));
    const bytes = new Uint8Array(MESSAGE_BYTES);
    expect(libc.recv(masters, bytes, bytes.length, MSG_DONTWAIT)).toBe(MESSAGE_BYTES);
    expect([...bytes]).toEqual([...message(7)]);
    libc.close(masters);
    await Bun.sleep(10);
  });

  test("is watched no more after its end, also where a sibling still has it open", async () => {
    const [ours, masters] = pair();
    const siblings = libc.dup(ours);
    const channel = createStatusChannel(loop, ours);
    expect(isWatched(ours)).toBeTrue();
    const ended = Promise.withResolvers<void>();
    channel.onEnd(() => ended.resolve());
    libc.close(masters);
    await ended.promise;
    // Else the kernel would go on to say that it has ended, round for round.
    expect(isWatched(ours)).toBeFalse();
    libc.close(siblings);
  });

  test("tells the end of the channel once, and writes nothing any more", async () => {
    const [ours, masters] = pair();
    const channel = createStatusChannel(loop, ours);
    let ends = 0;
    channel.onEnd(() => ends++);
    libc.close(masters);
    while (ends === 0) {
      await Bun.sleep(1);
    }
    // The next descriptor that is opened may have the number of the one that is closed.
    const [next, other] = pair();
    channel.send(message(1));
    await Bun.sleep(10);
    libc.close(next);
    const bytes = new Uint8Array(MESSAGE_BYTES);
    expect(libc.recv(other, bytes, bytes.length, MSG_DONTWAIT)).toBe(0);
    libc.close(other);
    await Bun.sleep(10);
    expect(ends).toBe(1);
  });
});
