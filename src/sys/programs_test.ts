/** Running other programs: their words, input, output and end, and what is said where there is none. */
import { describe, expect, test } from "bun:test";
import { MemoryPrograms } from "../memory/programs.ts";
import { createPrograms } from "./programs.ts";

const LIMIT_MS = 20_000;

describe("a program", () => {
  const programs = createPrograms();

  test("gets its words as they are, and its output comes back", async () => {
    const word = "a b$HOME\xc3\xa4";
    const outcome = await programs.run(["printf", "%s|", word, ""], { limitMs: LIMIT_MS });
    expect(outcome).toEqual({ status: 0, isLate: false, out: `${word}||`, err: "" });
  });

  test("reads its input", async () => {
    const outcome = await programs.run(["cat"], { input: "one\xff\n", limitMs: LIMIT_MS });
    expect(outcome).toEqual({ status: 0, isLate: false, out: "one\xff\n", err: "" });
  });

  test("ends with a status and a message", async () => {
    const outcome = await programs.run(["sh", "-c", "echo no >&2; exit 3"], { limitMs: LIMIT_MS });
    expect(outcome).toEqual({ status: 3, isLate: false, out: "", err: "no\n" });
  });

  test("is ended when it takes too long", async () => {
    const outcome = await programs.run(["sleep", "5"], { limitMs: 50 });
    expect(outcome).toMatchObject({ status: null, isLate: true });
  });

  test("that somebody else ends is not late", async () => {
    const outcome = await programs.run(["sh", "-c", "kill -9 $$"], { limitMs: LIMIT_MS });
    expect(outcome).toMatchObject({ status: null, isLate: false });
  });

  for (const [kind, each] of [
    ["real", programs],
    ["in memory", new MemoryPrograms()],
  ] as const) {
    test(`${kind}: where there is none, ENOENT`, () => {
      expect(each.run(["no-such-program"], { limitMs: LIMIT_MS })).rejects.toMatchObject({
        code: "ENOENT",
      });
    });
  }
});
