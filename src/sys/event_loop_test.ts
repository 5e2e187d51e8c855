/** The service's event loop over pipes and socket pairs of the test's own. */
import { dlopen, FFIType } from "bun:ffi";
import { describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { EventLoop, READY } from "./event_loop.ts";

const int = FFIType.i32;
const libc = dlopen("libc.so.6", {
  socketpair: { args: [int, int, int, FFIType.ptr], returns: int },
  write: { args: [int, FFIType.ptr, FFIType.u64], returns: int },
  read: { args: [int, FFIType.ptr, FFIType.u64], returns: int },
  dup2: { args: [int, int], returns: int },
  close: { args: [int], returns: int },
}).symbols;

const AF_UNIX = 1;
const SOCK_STREAM_NONBLOCK = 1 | 0x800;

function pair(): [here: number, there: number] {
  const descriptors = new Int32Array(2);
  expect(libc.socketpair(AF_UNIX, SOCK_STREAM_NONBLOCK, 0, descriptors)).toBe(0);
  return [descriptors[0] ?? -1, descriptors[1] ?? -1];
}

function writeByte(descriptor: number): void {
  expect(libc.write(descriptor, Uint8Array.of(1), 1)).toBe(1);
}

function readByte(descriptor: number): number {
  return libc.read(descriptor, new Uint8Array(1), 1);
}

/** Far more than there are in the milliseconds for which Bun's loop may stand still. */
const ROUNDS_MAX = 200_000;

/** So many rounds of a loop that never waits. */
async function rounds(count: number): Promise<void> {
  for (let round = 0; round < count; round++) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}

describe("watching a descriptor", () => {
  test("tells of what can be read for as long as it is not read, and of the other end's end", async () => {
    const loop = new EventLoop(0);
    const [here, there] = pair();
    const told: number[] = [];
    const watch = loop.watch(here, READY.read, (flags) => told.push(flags));
    await rounds(3);
    expect(told).toEqual([]);
    writeByte(there);
    await rounds(4);
    expect(told.length).toBeGreaterThan(1);
    expect(told.every((flags) => flags === READY.read)).toBeTrue();
    readByte(here);
    await rounds(1);
    told.length = 0;
    await rounds(3);
    expect(told).toEqual([]);
    libc.close(there);
    await rounds(3);
    expect((told[0] ?? 0) & READY.hangUp).toBe(READY.hangUp);
    watch.close();
  });

  test("tells of room to write only where that is asked for", async () => {
    const loop = new EventLoop(0);
    const [here, there] = pair();
    const told: number[] = [];
    const watch = loop.watch(here, READY.read, (flags) => told.push(flags));
    watch.change(READY.write);
    await rounds(3);
    expect(told[0]).toBe(READY.write);
    watch.change(0);
    await rounds(1);
    told.length = 0;
    writeByte(there);
    await rounds(3);
    expect(told).toEqual([]);
    watch.close();
    libc.close(there);
  });

  test("tells nothing once it is stopped, even of what was ready in the same round", async () => {
    const loop = new EventLoop(0);
    const [here, there] = pair();
    const [otherHere, otherThere] = pair();
    let told = 0;
    const watches = [here, otherHere].map((descriptor) =>
      loop.watch(descriptor, READY.read, () => {
        told++;
        for (const watch of watches) {
          watch.stop();
        }
      }),
    );
    writeByte(there);
    writeByte(otherThere);
    await rounds(4);
    expect(told).toBe(1);
    expect(readByte(here)).toBe(1);
    for (const descriptor of [here, there, otherHere, otherThere]) {
      libc.close(descriptor);
    }
  });

  test("never takes news of a closed descriptor for news of one that has its number now", async () => {
    const loop = new EventLoop(0);
    const pairs = [pair(), pair()];
    const [fresh, freshOther] = pair();
    const heard: string[] = [];
    const watches = pairs.map(([here], index) =>
      loop.watch(here, READY.read, () => {
        heard.push(`old ${index}`);
        const other = watches[1 - index];
        const number = pairs[1 - index]?.[0] ?? -1;
        other?.close();
        watches[index]?.stop();
        // The number that was just closed, of which the same round still has news.
        expect(libc.dup2(fresh, number)).toBe(number);
        loop.watch(number, READY.read, () => heard.push("new"));
      }),
    );
    for (const [, there] of pairs) {
      writeByte(there);
    }
    await rounds(4);
    expect(heard.length).toBe(1);
    expect(heard[0]).toStartWith("old");
    writeByte(freshOther);
    await rounds(2);
    expect(heard).toContain("new");
  });

  test("refuses what can't be watched", () => {
    const loop = new EventLoop(0);
    expect(() => loop.watch(9999, READY.read, () => {})).toThrow("epoll_ctl: Bad file descriptor");
  });
});

describe("a round", () => {
  test("tells watchers first, then runs turns, then timers", async () => {
    const loop = new EventLoop(0);
    const [here, there] = pair();
    const ran: string[] = [];
    loop.after(0, () => ran.push("timer"));
    loop.nextTurn(() => ran.push("turn"));
    const watch = loop.watch(here, READY.read, () => {
      ran.push("watcher");
      loop.nextTurn(() => ran.push("its turn"));
      watch.close();
    });
    writeByte(there);
    await rounds(3);
    expect(ran).toEqual(["watcher", "turn", "its turn", "timer"]);
    libc.close(there);
  });

  test("waits for the first timer, and no longer", async () => {
    const loop = new EventLoop(60_000);
    const start = performance.now();
    const waited = await new Promise<number>((resolve) => {
      loop.after(30_000, () => {}).cancel();
      loop.after(20, () => resolve(performance.now() - start));
    });
    expect(waited).toBeGreaterThanOrEqual(20);
    // Far below the minute that it may wait at the most, and the 30 s of the timer that was cancelled.
    expect(waited).toBeLessThan(20_000);
  });

  test("rounds follow each other, and promises go on behind each", async () => {
    const loop = new EventLoop();
    const ran: string[] = [];
    await new Promise<void>((resolve) => {
      loop.nextTurn(() => {
        void Promise.resolve().then(() => ran.push("promise"));
        loop.nextTurn(() => {
          ran.push("next turn");
          resolve();
        });
        ran.push("turn");
      });
    });
    expect(ran).toEqual(["turn", "promise", "next turn"]);
  });

  test("Bun's loop has its turn between rounds that follow each other", async () => {
    const loop = new EventLoop();
    let rounds = 0;
    let isBunsTurn = false;
    await new Promise<void>((resolve) => {
      const turn = (): void => {
        if (++rounds === 1) {
          setImmediate(() => {
            isBunsTurn = true;
          });
        }
        if (isBunsTurn || rounds === ROUNDS_MAX) {
          resolve();
        } else {
          loop.nextTurn(turn);
        }
      };
      loop.nextTurn(turn);
    });
    expect(rounds).toBeLessThan(ROUNDS_MAX);
  });

  test("Bun's loop tells of what the runtime's threads have done while rounds wait", async () => {
    const loop = new EventLoop(60_000);
    const told: string[] = [];
    // Far behind: it says only who came first.
    const timer = loop.after(20_000, () => told.push("timer"));
    loop.beginBackground();
    await readFile(import.meta.path);
    loop.endBackground();
    told.push("read");
    timer.cancel();
    // Or its last round would wait for a minute.
    await new Promise<void>((turned) => loop.nextTurn(turned));
    expect(told).toEqual(["read"]);
  });

  test("that throws is the end of that round, not of the loop", () => {
    const script = `
      const { EventLoop } = await import(${JSON.stringify(`${import.meta.dir}/event_loop.ts`)});
      const loop = new EventLoop();
      process.on("uncaughtException", (error) => console.log(error.message));
      loop.after(1, () => { throw new Error("a bug"); });
      loop.after(5, () => console.log("goes on"));`;
    const { stdout, exitCode } = Bun.spawnSync([process.execPath, "-e", script]);
    expect([stdout.toString(), exitCode]).toEqual(["a bug\ngoes on\n", 0]);
  });
});
