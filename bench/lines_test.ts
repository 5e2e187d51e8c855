import { describe, expect, test } from "bun:test";
import { type Line, lineTable, oursGoal, ratioGoal, verdict } from "./lines.ts";

function line(changes: Partial<Line>): Line {
  return { what: "add", unit: "/s", original: [10, 20, 40], ours: [30, 40, 100], ...changes };
}

describe("verdict", () => {
  const rows: ReadonlyArray<readonly [what: string, Partial<Line>, ReturnType<typeof verdict>]> = [
    ["no goal", {}, ""],
    ["a ratio that is large enough", { goal: ratioGoal("≥", 2.5) }, "yes"],
    ["a ratio that is too small", { goal: ratioGoal("≥", 2.6) }, "no"],
    ["a ratio that is small enough", { goal: ratioGoal("≤", 2.5) }, "yes"],
    ["a ratio that is too large", { goal: ratioGoal("≤", 2.4) }, "no"],
    ["a figure of ours that is small enough", { goal: oursGoal(40) }, "yes"],
    ["a figure of ours that is too large", { goal: oursGoal(39) }, "no"],
    [
      "a rate near the limit's",
      { goal: ratioGoal("≥", 3), limit: [33, 44, 111] },
      "yes, by the limit",
    ],
    ["a rate far from the limit's", { goal: ratioGoal("≥", 3), limit: [34, 45, 113] }, "no"],
    [
      "a time near the limit's",
      { goal: ratioGoal("≤", 2), limit: [27.5, 36.5, 92] },
      "yes, by the limit",
    ],
    ["a time far from the limit's", { goal: ratioGoal("≤", 2), limit: [26, 35, 87] }, "no"],
  ];
  for (const [what, changes, expected] of rows) {
    test(`of ${what} is "${expected}"`, () => {
      expect(verdict(line(changes))).toBe(expected);
    });
  }
});

test("lineTable shows medians, the ratio by rounds, the goal and the limit", () => {
  const { rows } = lineTable("t", [
    line({ goal: ratioGoal("≥", 3), limit: [60, 80, 200] }),
    line({ unit: "ms", goal: oursGoal(10) }),
  ]);
  expect(rows).toEqual([
    ["add, /s", "20.0", "40.0", "2.50 (2.00 to 3.00)", "≥ 3 ×", "no", "80.0 (ours: 0.500 ×)"],
    [
      "add, ms",
      "20.0 (10.0 to 40.0)",
      "40.0 (30.0 to 100)",
      "2.50 (2.00 to 3.00)",
      "≤ 10 ms",
      "no",
      "",
    ],
  ]);
});
