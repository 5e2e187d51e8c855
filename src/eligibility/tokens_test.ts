import { describe, expect, test } from "bun:test";
import { eachToken, splitTokens, unbrace } from "./tokens.ts";

describe("splitTokens", () => {
  const rows: ReadonlyArray<readonly [text: string, tokens: readonly string[]]> = [
    ["", []],
    [", , ,", []],
    ["a,,b\t\r\nc", ["a", "b", "c"]],
    ["{a b}", ["{a b}"]],
    ["a{b c}d e", ["a{b c}d", "e"]],
    ["{a{b c}d} e", ["{a{b c}d}", "e"]],
    ["{a b", ["{a b"]],
    ["a}b c", ["a}b", "c"]],
    ["}{a b}", ["}{a b}"]],
    ["a\x0bb", ["a\x0bb"]],
  ];
  for (const [text, tokens] of rows) {
    test(JSON.stringify(text), () => {
      expect(splitTokens(text)).toEqual([...tokens]);
    });
  }
});

test("eachToken gives what follows a token, and stops when told to", () => {
  const seen: unknown[] = [];
  eachToken(" a,, b #c", (token) => {
    seen.push(token);
    return token.text !== "b";
  });
  expect(seen).toEqual([
    { text: "a", rest: ", b #c" },
    { text: "b", rest: "#c" },
  ]);
});

describe("unbrace", () => {
  test("takes braces and the space around off", () => {
    expect(unbrace("{ a {b} }  ")).toEqual({ body: "a {b}" });
    expect(unbrace("{}")).toEqual({ body: "" });
  });

  test("says what is wrong", () => {
    expect(unbrace("a")).toEqual({ fault: `no '{' at start of text in "a"` });
    expect(unbrace("{{a}")).toEqual({ fault: `missing '}' in "{{a}"` });
    expect(unbrace("{a}b")).toEqual({ fault: `syntax error after '}' in "{a}b"` });
  });
});
