/** A change of some lines, taken back in a text that was changed elsewhere. */
import { expect, test } from "bun:test";
import { linesBack } from "./lines_back.ts";

for (const [what, before, after, current, back] of [
  ["nothing else changed", "a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n", "a\nb\nc\n"],
  ["a line before and one behind", "a\nb\nc\n", "a\nB\nc\n", "x\nB\nc\ny\n", "x\nb\nc\ny\n"],
  ["other numbers of lines", "a\nb\nc\n", "a\nB\nC\nD\nc\n", "B\nC\nD\n", "b\n"],
  ["the first and the last line", "a", "b\nc", "b\nc\n", "a\n"],
  ["one that is like its neighbours", "a\na\n", "a\na\na\n", "a\nx\n", "x\n"],
  ["changed itself", "a\nb\nc\n", "a\nB\nC\nc\n", "a\nB\nX\nC\nc\n", null],
  ["there twice", "a\nb\n", "a\nB\n", "a\nB\nB\n", null],
  ["only taken away", "a\nb\n", "a\n", "a\n", null],
  ["gone", "a\nb\n", "a\nB\n", "a\n", null],
  ["at the very end, cut", "a\nb\nc", "a\nB\nC", "a\nB", null],
] as const) {
  test(what, () => {
    expect(linesBack(before, after, current)).toBe(back);
  });
}
