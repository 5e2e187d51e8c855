/** The shape of qshape's output where numbers are wide: as qshape 3.7 printed it for a queue with these numbers. */
import { expect, test } from "bun:test";
import { plainAgeTable } from "./plain_age_table.ts";

test("names keep 18 columns where numbers need more than the line has", () => {
  const counts = (first: number, others: number) => [
    first,
    ...Array<number>(8).fill(others),
    others,
  ];
  const text = plainAgeTable({
    by: "site",
    limitsMinutes: [5, 10, 20, 40, 80, 160, 320, 640, 1280],
    total: counts(10_004, 10_000),
    rows: [
      { name: "an-example-domain-0.example", counts: [...counts(10_000, 0)] },
      { name: "short.x", counts: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
      { name: "eighteen.byte.x1xx", counts: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
    ],
    rowCount: 3,
  });
  expect(text).toBe(
    [
      "                        T     5    10    20    40    80   160   320   640  1280 1280+",
      "             TOTAL 100004 10004 10000 10000 10000 10000 10000 10000 10000 10000 10000",
      "+-domain-0.example  10000 10000     0     0     0     0     0     0     0     0     0",
      "           short.x      1     1     0     0     0     0     0     0     0     0     0",
      "eighteen.byte.x1xx      1     1     0     0     0     0     0     0     0     0     0",
      "",
    ].join("\n"),
  );
});
