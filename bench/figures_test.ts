import { describe, expect, test } from "bun:test";
import { number, ratios, spread } from "./figures.ts";

describe("spread", () => {
  const rows: ReadonlyArray<readonly [number[], number, number, number]> = [
    [[7], 7, 7, 7],
    [[10, 9], 9.5, 9, 10],
    [[100, 20, 3], 20, 3, 100],
    [[4, 1, 3, 2], 2.5, 1, 4],
  ];
  for (const [values, median, min, max] of rows) {
    test(`of ${values.join(", ")} is ${median}, ${min} to ${max}`, () => {
      expect(spread(values)).toEqual({ median, min, max });
    });
  }
});

describe("ratios", () => {
  test("pairs the rounds", () => {
    expect(ratios([10, 30], [5, 10])).toEqual([2, 3]);
  });

  test("refuses different numbers of rounds", () => {
    expect(() => ratios([1, 2], [1])).toThrow("take ratios: 2 rounds against 1");
  });
});

test("number has no more digits than a figure is worth", () => {
  expect([0.01234, 12.34, 999.4, 999.6, 12_345.6].map(number)).toEqual([
    "0.0123",
    "12.3",
    "999",
    "1,000",
    "12,346",
  ]);
});
