/** The line that says how far long work is. */
import { describe, expect, test } from "bun:test";
import { MemoryTerminal } from "../memory/terminal.ts";
import { Progress } from "./progress.ts";

function stage(canOverwrite = true) {
  const terminal = new MemoryTerminal();
  terminal.canOverwrite = canOverwrite;
  return { terminal, progress: new Progress(terminal) };
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
