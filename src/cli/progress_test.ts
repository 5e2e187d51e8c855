/** The line that says how far long work is. */
import { describe, expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryTerminal } from "../memory/terminal.ts";
import { Progress, SHOWN_AFTER_MS } from "./progress.ts";

function stage(canOverwrite = true) {
  const terminal = new MemoryTerminal();
  const clock = new MemoryClock();
  terminal.canOverwrite = canOverwrite;
  const progress = new Progress({ terminal, clock });
  clock.advance(SHOWN_AFTER_MS);
  return { terminal, clock, progress };
}

describe("a bar", () => {
  for (const [done, all, shown] of [
    [0, 4, "Following [------------------------------]   0% 0 of 4 messages"],
    [1, 4, "Following [========----------------------]  25% 1 of 4 messages"],
    [1, 1, "Following [==============================] 100% 1 of 1 message"],
    [0, 0, "Following [==============================] 100% 0 of 0 messages"],
    [5, 4, "Following [==============================] 100% 5 of 4 messages"],
    [999, 1000, "Following [==============================]  99% 999 of 1,000 messages"],
  ] as const) {
    test(`${done} of ${all}`, () => {
      const { terminal, progress } = stage();
      progress.bar("Following", done, all, "message");
      expect(terminal.errText).toBe(`\r\x1b[K${shown}\r`);
    });
  }
});

test("what hasn't changed is not shown again, and nothing stays", () => {
  const { terminal, progress } = stage();
  progress.show("one");
  progress.show("one");
  progress.show("two");
  progress.clear();
  progress.clear();
  expect(terminal.errText).toBe("\r\x1b[Kone\r\r\x1b[Ktwo\r\r\x1b[K");
});

test("nothing is shown where lines can't be written over", () => {
  const { terminal, progress } = stage(false);
  progress.show("one");
  progress.bar("x", 1, 2, "log");
  progress.clear();
  expect(terminal.errText).toBe("");
});

test("nothing is shown of work that has only begun", () => {
  const { terminal, clock } = stage();
  const progress = new Progress({ terminal, clock });
  clock.advance(SHOWN_AFTER_MS - 1);
  progress.show("one");
  progress.clear();
  expect(terminal.errText).toBe("");
  clock.advance(1);
  progress.show("one");
  expect(terminal.errText).toBe("\r\x1b[Kone\r");
});
