/** What the table of mutants must be, so that `npm run mutants` can be run at any time. */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FileRun } from "../../setup/verdict.ts";
import { judgement } from "./judgement.ts";
import { type Mutant, plant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";

const ROOT = join(import.meta.dir, "..", "..");

const MUTANTS_MIN = 30;

/** Rooms whose faults change what the program does. */
const ROOMS = ["wire", "config", "eligibility", "names", "record", "queue", "flush", "master"];
const FURTHER_ROOMS = ["logging", "sys", "index", "following", "installation", "doctor", "cli"];

const EXAMPLE: Mutant = {
  name: "an example",
  file: "src/example.ts",
  text: "a + b",
  instead: "a - b",
  red: [{ file: "src/example_test.ts", test: "adds" }],
};

describe("the table", () => {
  for (const mutant of MUTANTS) {
    test(`${mutant.name}: its text is in ${mutant.file}, once`, () => {
      const source = readFileSync(join(ROOT, mutant.file), "utf8");
      expect(plant(mutant, source)).not.toBe(source);
    });
  }

  test("has enough of them, each with a name of its own", () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(MUTANTS_MIN);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  test("reaches every room that the program consists of", () => {
    const rooms = new Set(MUTANTS.map(({ file }) => file.split("/")[1]));
    expect([...ROOMS, ...FURTHER_ROOMS].filter((room) => !rooms.has(room))).toEqual([]);
  });

  test("names test files that exist", () => {
    const files = new Set(MUTANTS.flatMap(({ red }) => red.map(({ file }) => file)));
    expect([...files].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test("says why wherever it is not the differential suite that must see a fault", () => {
    const isSeen = ({ red }: Mutant) => red.every(({ file }) => file.startsWith("test/contract/"));
    const wrong = MUTANTS.filter((mutant) => isSeen(mutant) !== (mutant.unseen === undefined));
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

describe("planting", () => {
  test("puts the fault where the text is", () => {
    expect(plant(EXAMPLE, "return a + b;")).toBe("return a - b;");
  });

  test("refuses a text that is not there, and one that is there twice", () => {
    expect(() => plant(EXAMPLE, "return a * b;")).toThrow(
      "mutant an example: its text is no longer in src/example.ts",
    );
    expect(() => plant(EXAMPLE, "a + b; a + b")).toThrow("stands more than once");
  });
});

describe("judgement", () => {
  const expected = EXAMPLE.red[0];
  const fileRun = (red: readonly string[], green: readonly string[]): FileRun => ({
    file: expected.file,
    status: 1,
    cases: [
      ...red.map((name) => ({ name, assertions: 1, outcome: "failed" }) as const),
      ...green.map((name) => ({ name, assertions: 1, outcome: "passed" }) as const),
    ],
  });

  test("a mutant is caught by the test that was to turn red", () => {
    expect(judgement(expected, fileRun(["other", "group > adds two"], ["x"]))).toEqual({
      caughtBy: "src/example_test.ts: group > adds two",
    });
  });

  test("it is not by another one, by none, nor where nothing is green or there is no report", () => {
    for (const each of [
      fileRun(["other"], ["x"]),
      fileRun([], ["adds"]),
      fileRun(["adds"], []),
      fileRun([], []),
    ]) {
      expect(judgement(expected, each).caughtBy).toBeNull();
    }
  });
});
