import { describe, expect, test } from "bun:test";
import { parseOptions, UsageError, usage } from "./options.ts";
import type { Section } from "./section.ts";

const TABLE: readonly Section[] = ["add", "send", "calls"].map((name) => {
  return { name, what: `what ${name} is`, minutes: 1.5, measure: async () => ({ lines: [] }) };
});

function names(args: readonly string[]): string {
  return parseOptions(args, TABLE)
    .sections.map(({ name }) => name)
    .join();
}

describe("parseOptions", () => {
  test("measures everything at normal size unless told otherwise", () => {
    expect(parseOptions([], TABLE)).toEqual({
      sections: TABLE,
      size: "normal",
      rounds: { counted: 5, warmUp: 1 },
      control: false,
    });
  });

  test("takes sections in the order of the table", () => {
    expect(names(["--only", "send,add"])).toBe("add,send");
  });

  test("takes size, rounds and control", () => {
    const options = parseOptions(["--size", "small", "--rounds", "3", "--control"], TABLE);
    expect(options).toMatchObject({
      size: "small",
      rounds: { counted: 3, warmUp: 0 },
      control: true,
    });
  });

  const wrong: ReadonlyArray<readonly [string[], string]> = [
    [["--size", "huge"], "--size huge: must be small, medium, normal or large"],
    [["--only", "add,mul"], '--only add,mul: "mul" is none of add, send, calls'],
    [["--rounds", "0"], "--rounds 0: must be a number from 1 to 9999"],
    [["--fast"], "--fast"],
    [["stray"], "stray"],
  ];
  for (const [args, message] of wrong) {
    test(`refuses ${args.join(" ")}`, () => {
      expect(() => parseOptions(args, TABLE)).toThrow(UsageError);
      expect(() => parseOptions(args, TABLE)).toThrow(message);
    });
  }
});

test("usage says what each section is and takes", () => {
  expect(usage(TABLE)).toContain("  calls   1.5 min  what calls is\n");
  expect(usage(TABLE)).toContain("all of them: 5 min");
});
