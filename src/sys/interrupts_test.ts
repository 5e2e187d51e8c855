/** Ctrl-C, the real one and that in memory: whoever listens is told, and nobody else. */
import { describe, expect, test } from "bun:test";
import type { Interrupts } from "../effects/interrupts.ts";
import { MemoryInterrupts } from "../memory/interrupts.ts";
import { createInterrupts } from "./interrupts.ts";

const inMemory = new MemoryInterrupts();

/** A process that sends itself a signal is told of it in a later turn. */
async function interruptReally(signal: NodeJS.Signals): Promise<void> {
  process.kill(process.pid, signal);
  await Bun.sleep(5);
}

for (const [kind, interrupts, interrupt] of [
  ["real, by Ctrl-C", createInterrupts(), () => interruptReally("SIGINT")],
  ["real, by kill(1)", createInterrupts(), () => interruptReally("SIGTERM")],
  ["in memory", inMemory, async () => inMemory.interrupt()],
] as const satisfies ReadonlyArray<readonly [string, Interrupts, () => Promise<void>]>) {
  describe(kind, () => {
    test("each that listens is told, until it is cancelled", async () => {
      const told: string[] = [];
      const one = interrupts.listen(() => told.push("one"));
      const other = interrupts.listen(() => told.push("other"));
      await interrupt();
      one.cancel();
      await interrupt();
      other.cancel();
      expect(told).toEqual(["one", "other", "other"]);
    });
  });
}

test("nobody listens any more when all is cancelled: Ctrl-C ends the process again", () => {
  const before = ["SIGINT", "SIGTERM"].map((signal) => process.listenerCount(signal));
  createInterrupts()
    .listen(() => {})
    .cancel();
  expect(["SIGINT", "SIGTERM"].map((signal) => process.listenerCount(signal))).toEqual(before);
});
