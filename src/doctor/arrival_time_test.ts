/** The time in the head of a queue file. */
import { expect, test } from "bun:test";
import { arrivalSeconds } from "./arrival_time.ts";

const SIZES = `C${String.fromCharCode(95)}${" ".repeat(95)}`;
const LONG_SIZES = `C${String.fromCharCode(0x80 | 16, 1)}${" ".repeat(16 + 128)}`;
const time = (data: string): string => `T${String.fromCharCode(data.length)}${data}`;

test("is that of the record of time behind that of sizes", () => {
  const rows = [
    [`${SIZES}${time("1795688272 201246")}A`, 1_795_688_272],
    [`${LONG_SIZES}${time("1795688272 201246")}A`, 1_795_688_272],
    [`${SIZES}${time("1795688272")}`, 1_795_688_272],
    [`${SIZES}${time("x")}`, null],
    [`${SIZES}A`, null],
    [time("1795688272 2"), null],
    [SIZES, null],
    ["", null],
  ] as const;
  for (const [head, expected] of rows) {
    expect(arrivalSeconds(head)).toBe(expected);
  }
});
