import { expect, test } from "bun:test";
import { tableText } from "./table.ts";

test("columns are as wide as their widest cell, numbers to the right, nothing behind the last", () => {
  const columns = [
    { heading: "N", isNumber: true },
    { heading: "NAME" },
    { heading: "X" },
  ] as const;
  const rows = [
    ["1,000", "grüße", "a"],
    ["2", "a longer one", ""],
  ];
  expect(tableText(columns, rows)).toBe(
    ["    N  NAME          X", "1,000  grüße         a", "    2  a longer one", ""].join("\n"),
  );
});
