import { describe, expect, test } from "bun:test";
import { Succession } from "./succession.ts";

/** At which client a process asks that took 10 ms to start; null: at none. `gapMs` is the time between two of them. */
function askedAt(maxUse: number, gapMs: (count: number) => number): number | null {
  const succession = new Succession(maxUse, 10);
  let nowMs = 5000;
  for (let count = 1; count < maxUse; count++) {
    nowMs += gapMs(count);
    if (succession.isDue(count, nowMs)) {
      return count;
    }
  }
  return null;
}

describe("a process asks for its successor", () => {
  for (const [what, maxUse, gapMs, wanted] of [
    ["once it knows the pace, where all its clients come within a start", 100, 0.1, 5],
    ["two starts before its end, where they come as fast for longer", 10_000, 0.1, 9801],
    ["the later, the slower they come", 10_000, 2, 9991],
    ["with its last client, where they are slower than a start", 100, 25, null],
    ["with its last client, where it has too few to know a pace", 5, 0, null],
  ] as const) {
    test(`${what}: max_use ${maxUse}, ${gapMs} ms apart`, () => {
      expect(askedAt(maxUse, () => gapMs)).toBe(wanted);
    });
  }

  test("by the pace of those that came last, not of those before them", () => {
    const wanted = 9801;
    const asked = askedAt(10_000, (count) => (count < 9000 ? 1000 : 0.1)) ?? 0;
    expect(Math.abs(asked - wanted)).toBeLessThan(10);
  });

  test("never early because they came fast once", () => {
    expect(askedAt(10_000, (count) => (count < 9000 ? 0.1 : 1000))).toBeNull();
  });

  test("once", () => {
    const succession = new Succession(100, 10);
    const asked = Array.from({ length: 99 }, (_, index) => succession.isDue(index + 1, 0));
    expect(asked.filter((isDue) => isDue)).toHaveLength(1);
    expect(succession.hasAsked).toBeTrue();
  });
});
