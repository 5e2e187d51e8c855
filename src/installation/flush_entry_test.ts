/** The command column: whose it is, and what stays of it. */
import { describe, expect, test } from "bun:test";
import { optionLetters, originalCommand, ourCommand, whoseCommand } from "./flush_entry.ts";

describe("whose program", () => {
  for (const [command, whose] of [
    ["flush", "original"],
    ["flush -o a=b", "original"],
    ["fastflush/flush", "fastflush"],
    ["fastflush/flush -E", "fastflush"],
    ["flush2", "other"],
    ["fastflush/flush.old", "other"],
    ["/usr/lib/postfix/sbin/flush", "other"],
    ["local/fastflush/flush", "other"],
    ["", "other"],
  ] as const) {
    test(`"${command}"`, () => {
      expect(whoseCommand(command)).toBe(whose);
    });
  }
});

describe("there and back", () => {
  for (const [original, ours] of [
    ["flush", "fastflush/flush"],
    ["flush -o a=b -o {c=d  e}", "fastflush/flush -o a=b -o {c=d  e}"],
  ] as const) {
    test(original, () => {
      expect(ourCommand(original)).toBe(ours);
      expect(ourCommand(ours)).toBe(ours);
      expect(originalCommand(ours)).toBe(original);
      expect(originalCommand(original)).toBe(original);
    });
  }

  test("the original is not given an option of ours", () => {
    expect(originalCommand("fastflush/flush -o a=b -E -o {x=-E -E}")).toBe(
      "flush -o a=b -o {x=-E -E}",
    );
  });
});

describe("options", () => {
  for (const [command, letters] of [
    ["flush", ""],
    ["flush -v", "v"],
    ["flush -o v=D -D", "Do"],
    ["flush -ov=D", "o"],
    ["flush -o {a = -v -D} -E", "Eo"],
    ["flush -Evm 5 -v", "Emv"],
    ["flush -m5 -D", "Dm"],
    ["flush word -v", ""],
    ["flush -- -v", ""],
    ["flush - -v", ""],
  ] as const) {
    test(command, () => {
      expect([...optionLetters(command)].sort().join("")).toBe(letters);
    });
  }
});
