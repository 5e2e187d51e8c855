/** What becomes of sentences, and of what would mean something to mdoc. */
import { describe, expect, test } from "bun:test";
import { argument, escaped, prose } from "./mdoc.ts";

describe("a line of prose", () => {
  for (const [text, lines] of [
    ["One. Two: three.", ["One.", "Two: three."]],
    ["By `a b`, or flush(8).", ["By", '.Ql "a b" ,', "or", ".Xr flush 8 ."]],
    ["Mail (`active`) stays", ["Mail", ".Ql ( active )", "stays"]],
    ["`x`", [".Ql x"]],
    ["qshape(1)'s output", [".Xr qshape 1 Ns \\(aqs", "output"]],
    ["Set by ETRN. Anybody may.", ["Set by ETRN.", "Anybody may."]],
    ["(It ends.) It starts.", ["(It ends.)", "It starts."]],
    ["to `main.cf`. `-E` too", ["to", ".Ql main.cf .", ".Ql \\-E", "too"]],
    [".Sh is text", ["\\&.Sh is text"]],
    [`${"a".repeat(70)} bcd efghijk .x`, [`${"a".repeat(70)} bcd`, "efghijk .x"]],
    [`${"a".repeat(79)} .x`, ["a".repeat(79), "\\&.x"]],
    ["a".repeat(99), ["a".repeat(99)]],
  ] as const) {
    test(text, () => {
      expect(prose(text).split("\n")).toEqual([...lines, ""]);
    });
  }
});

test.each([
  ["-E", "\\-E"],
  ["Op", "\\&Op"],
  ["", '""'],
  ["a b", '"a b"'],
  ['say "x"', '"say \\(dqx\\(dq"'],
  [".", "\\&."],
  ["fatal:", "fatal:\\&"],
  ["\\n", "\\en"],
])("the argument %p is %p", (text, expected) => {
  expect(argument(text)).toBe(expected);
});

test("what is not ASCII is refused", () => {
  expect(() => escaped("a\u2013b")).toThrow("not printable ASCII");
});
