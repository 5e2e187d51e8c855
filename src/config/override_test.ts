import { expect, test } from "bun:test";
import { parseOverride } from "./override.ts";

// Observed with the original; spec section 11, row 82.
const good: ReadonlyArray<readonly [text: string, name: string, value: string]> = [
  ["max_use=5", "max_use", "5"],
  [" x\t=\t$y  5 \r\n", "x", "$y  5"],
  ["x=", "x", ""],
  ["x==y", "x", "=y"],
  ["x=a\n b", "x", "a\n b"],
  ["{x=3}", "{x", "3}"],
];

for (const [text, name, value] of good) {
  test(`parseOverride takes ${JSON.stringify(text)}`, () => {
    expect(parseOverride(text)).toEqual({ name, value });
  });
}

const bad: ReadonlyArray<readonly [text: string, why: string]> = [
  ["foo", "missing '=' after attribute name"],
  ["a b=c", "missing '=' after attribute name"],
  ["{ x = 3 }", "missing '=' after attribute name"],
  ["=foo", "missing attribute name"],
  ["", "missing attribute name"],
  [" ", "missing attribute name"],
];

for (const [text, why] of bad) {
  test(`parseOverride refuses ${JSON.stringify(text)}`, () => {
    const message = `invalid "-o ${text}" option value: ${why}`;
    expect(() => parseOverride(text)).toThrow(expect.objectContaining({ name: "Fatal", message }));
  });
}
