/** Clocks, real and in memory: the order of things, not their speed. */
import { describe, expect, test } from "bun:test";
import type { Clock } from "../../src/effects/clock.ts";
import { MemoryClock } from "../../src/memory/clock.ts";
import { createClock } from "../../src/sys/clock.ts";
import { EventLoop } from "../../src/sys/event_loop.ts";

const memory = new MemoryClock();
const kinds: [kind: string, clock: Clock, pass: (ms: number) => Promise<void>][] = [
  ["real, of Bun's loop", createClock(), (ms) => Bun.sleep(ms)],
  ["real, of the service's loop", new EventLoop(0), (ms) => Bun.sleep(ms)],
  ["in memory", memory, async (ms) => memory.advance(ms)],
];

describe.each(kinds)("clock, %s", (_, clock, pass) => {
  test("timers run once, in order, never in the call that sets them", async () => {
    const ran: string[] = [];
    clock.after(15, () => ran.push("third"));
    clock.after(5, () => ran.push("first"));
    clock.after(0, () => ran.push("at once"));
    clock.after(10, () => ran.push("cancelled")).cancel();
    clock.after(5, () => ran.push("second"));
    expect(ran).toEqual([]);
    await pass(60);
    expect(ran).toEqual(["at once", "first", "second", "third"]);
  });

  test("what a turn asks for is of another turn", async () => {
    const ran: string[] = [];
    clock.nextTurn(() => {
      clock.nextTurn(() => ran.push("inner"));
      ran.push("outer");
    });
    clock.nextTurn(() => ran.push("other"));
    // However busy the machine is.
    for (let tries = 0; ran.length < 3 && tries < 1000; tries++) {
      await pass(10);
    }
    expect(ran).toEqual(["outer", "other", "inner"]);
  });

  test("time goes on, and cancelling late does nothing", async () => {
    const [wall, monotonic] = [clock.wallMs(), clock.monotonicMs()];
    const timer = clock.after(1, () => undefined);
    await pass(20);
    timer.cancel();
    expect(clock.wallMs() - wall).toBeGreaterThanOrEqual(19);
    expect(clock.monotonicMs() - monotonic).toBeGreaterThanOrEqual(19);
    expect(Math.abs(clock.wallMs() - wall)).toBeLessThan(60_000);
  });
});
