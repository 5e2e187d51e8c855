import { describe, expect, test } from "bun:test";
import { oneIn, randomFrom } from "../../test/support/random.ts";
import { parseQueueId, type QueueId } from "../names/names.ts";
import { newEntries } from "./new_entries.ts";

function ids(...names: string[]): QueueId[] {
  return names.flatMap((name) => parseQueueId(name) ?? []);
}

/** More than are searched for one by one. */
const MANY = ids(...Array.from({ length: 80 }, (_, index) => `MANY${index}`));

describe("newEntries", () => {
  for (const [what, log, held] of [
    ["an empty log", "", []],
    ["the first line", "AB12\nXY\n", ["AB12"]],
    ["a line amid others", "XY\nAB12\nXZ\n", ["AB12"]],
    ["the last line", "XY\nAB12\n", ["AB12"]],
    ["an end without a newline", "XY\nAB12", []],
    ["the end of a longer line", "XYAB12\n", []],
    ["the beginning of a longer line", "AB12XY\n", []],
    ["the beginning of longer lines, and a line", "AB12X\nAB12Y\nAB12\nAB12Z\n", ["AB12"]],
    ["the beginning of longer lines only", "AB12X\nAB12Y\n", []],
    ["empty lines", "\n\nAB12\n\n", ["AB12"]],
    ["bytes that are no queue ID", "\xff\0\nAB12\n", ["AB12"]],
  ] as const) {
    for (const [amount, others] of [
      ["alone", []],
      ["with others", MANY],
    ] as const) {
      test(`${what}: looked for ${amount}`, () => {
        const wanted = [...ids("AB12"), ...others];
        const missing = wanted.filter((id) => !held.some((each) => each === id));
        expect(newEntries(Buffer.from(log, "latin1"), wanted)).toEqual(missing);
      });
    }
  }

  for (const seed of [1, 2, 3]) {
    test(`half of many, in a log of thousands (seed ${seed})`, () => {
      const random = randomFrom(seed);
      const names = ids(...Array.from({ length: 6000 }, (_, index) => `${index * 7919}`));
      const inLog = names.filter(() => oneIn(random, 2));
      const log = Buffer.from(inLog.map((id) => `${id}\n`).join(""));
      const held = new Set<string>(inLog);
      expect(newEntries(log, names)).toEqual(names.filter((id) => !held.has(id)));
    });
  }
});
