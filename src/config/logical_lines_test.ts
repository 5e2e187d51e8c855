import { expect, test } from "bun:test";
import { type LogicalLine, logicalLines } from "./logical_lines.ts";

const rows: ReadonlyArray<readonly [name: string, text: string, lines: readonly LogicalLine[]]> = [
  ["nothing", "", []],
  ["only what is dropped", "\n# a\n \t\n  # b\n\r\n", []],
  ["one line, no newline", "a", [line(1, "a")]],
  ["several lines", "a\nb \n", [line(1, "a"), line(2, "b ")]],
  ["continuation lines", "a\n  b\n\tc\nd", [line(1, "a  b\tc"), line(4, "d")]],
  ["dropped lines amid a continuation", "a\n#\n\n  # x\n  b\n", [line(1, "a  b")]],
  ["a dropped line does not end a continuation", "a\n\n\n b", [line(1, "a b")]],
  ["a number sign behind text", "a # b\n", [line(1, "a # b")]],
  ["carriage returns", "a\r\n  b\r\n\r\nc\r\n", [line(1, "a\r  b\r"), line(4, "c\r")]],
  ["all white space of C continues", "a\n\rb\n\vc\n\fd", [line(1, "a\rb\vc\fd")]],
  [
    "white space that C does not know",
    "a\n\xa0b\n\x85",
    [line(1, "a"), line(2, "\xa0b"), line(3, "\x85")],
  ],
  ["NUL is text", "\0\n \0", [line(1, "\0 \0")]],
  [
    "a continuation of nothing",
    " a\n\tb\nc",
    [{ ...line(1, " a\tb"), orphan: true }, line(3, "c")],
  ],
  ["the same behind comments", "#\n\n a\nb", [{ ...line(3, " a"), orphan: true }, line(4, "b")]],
];

function line(lineNumber: number, text: string): LogicalLine {
  return { text, lineNumber, orphan: false };
}

for (const [name, text, lines] of rows) {
  test(`logicalLines: ${name}`, () => {
    expect(logicalLines(text)).toEqual([...lines]);
  });
}
