import { expect, test } from "bun:test";
import { growthTable } from "./growth.ts";

test("growthTable gives the time for each, and how it grew", () => {
  const points = [
    { count: 1000, originalMs: [9, 10, 11], oursMs: [4] },
    { count: 100_000, originalMs: [3000], oursMs: [390, 410] },
  ];
  const { rows } = growthTable("t", [{ what: "send", each: "message", points }]);
  expect(rows).toEqual([
    ["send, 1,000 messages", "10.0", "4.00", "1.00", "1.00"],
    ["send, 100,000 messages", "30.0", "4.00", "3.00", "1.00"],
  ]);
});
