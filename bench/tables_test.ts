import { expect, test } from "bun:test";
import { markdownTable, plainTable } from "./tables.ts";

const table = {
  title: "Speeds",
  head: ["who", "a second"],
  rows: [
    ["original", "9"],
    ["ours", "1,000"],
  ],
};

test("a plain table is aligned: names to the left, figures to the right", () => {
  expect(plainTable(table)).toBe(
    ["Speeds", "who       a second", "original         9", "ours         1,000"].join("\n"),
  );
});

test("a Markdown table says the alignment", () => {
  const rows = [...table.rows, ["nobody", ""]];
  expect(markdownTable({ ...table, rows })).toBe(
    [
      "**Speeds**",
      "",
      "| who | a second |",
      "| --- | --: |",
      "| original | 9 |",
      "| ours | 1,000 |",
      "| nobody | |",
    ].join("\n"),
  );
});
