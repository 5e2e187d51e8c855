/** Words for a shell, as a shell reads them. */
import { expect, test } from "bun:test";
import { commandLine, quoted } from "./commands.ts";
import { seconds } from "./time_value.ts";

test("a word stays as it is, or is quoted", () => {
  expect(quoted("/etc/postfix-out")).toBe("/etc/postfix-out");
  expect(quoted("a=$b, `c`")).toBe("'a=$b, `c`'");
  expect(quoted("it's")).toBe("'it'\\''s'");
  expect(quoted("")).toBe("''");
  expect(commandLine("rm", "--", "a b")).toBe("rm -- 'a b'");
});

test("times have units", () => {
  const rows = [
    ["12h", "s", 43_200],
    ["12", "h", 43_200],
    ["12", "s", 12],
    ["7D", "h", 604_800],
    ["1w", "h", 604_800],
    ["5m", "h", 300],
    ["x", "h", null],
    ["", "h", null],
  ] as const;
  for (const [text, unit, expected] of rows) {
    expect(seconds(text, unit)).toBe(expected);
  }
});
