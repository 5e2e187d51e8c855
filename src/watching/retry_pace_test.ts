/** The waits between tries: where they begin, how they grow, and that nothing passes the ceiling. */
import { describe, expect, test } from "bun:test";
import { CEILING_SECONDS, FIRST_WAIT_SECONDS, waitMsAfter } from "./retry_pace.ts";

const PACE = { firstMs: FIRST_WAIT_SECONDS * 1000, ceilingMs: CEILING_SECONDS * 1000 };

describe("waitMsAfter", () => {
  for (const [tries, chance, seconds] of [
    [1, 0, 30],
    [1, 0.5, 27],
    [2, 0, 45],
    [3, 0, 67.5],
    [8, 0, 512.578],
    [9, 0, 600],
    [9, 0.5, 540],
    [5000, 0, 600],
  ] as const) {
    test(`behind ${tries} tries with chance ${chance}: ${seconds} s`, () => {
      expect(waitMsAfter(tries, PACE, chance) / 1000).toBe(seconds);
    });
  }

  test("is never more than a fifth below what it is without chance", () => {
    expect(waitMsAfter(1, PACE, 0.999999)).toBeGreaterThanOrEqual(24_000);
  });
});
