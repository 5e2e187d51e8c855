import { describe, expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { Pace } from "./pace.ts";

/** Entries of 17 bytes, as long queue IDs have, counted as if they had 12. */
const entriesOf = (lines: number): number => (lines * 17) / 12;

describe("Pace", () => {
  test("a large log gets its turn after small ones of any sizes, whichever ends first", async () => {
    const stuck: number[] = [];
    for (let step = 1; step < 20; step++) {
      const pace = new Pace(new MemoryClock());
      const underWay: number[] = [];
      for (let round = 0; round < 100; round++) {
        const entries = entriesOf(1 + ((round * step) % 20));
        expect(await pace.begin(entries, () => true)).toBeTrue();
        underWay.push(entries);
        if (underWay.length === 16) {
          const [ended = 0] = underWay.splice((round * 5) % 16, 1);
          pace.end(ended, 0);
        }
      }
      for (const entries of underWay) {
        pace.end(entries, 0);
      }
      let hasBegun = false;
      void pace
        .begin(entriesOf(1000), () => true)
        .then((begins) => {
          hasBegun = begins;
        });
      await Promise.resolve();
      if (!hasBegun) {
        stuck.push(step);
      }
    }
    expect(stuck).toEqual([]);
  });
});
