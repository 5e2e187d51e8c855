/**
 * Every case that can be run stand-alone, with the original and with ours.
 */
import { beforeAll, describe, test } from "bun:test";
import { AtOnce } from "./at_once.ts";
import { judge, type Pair } from "./judge.ts";
import { CASES_AT_ONCE, findPrograms } from "./programs.ts";
import { rowsRun, titleOf } from "./rows.ts";
import { runSideBySide } from "./side_by_side.ts";

const rows = rowsRun("stand-alone");

describe("stand-alone", () => {
  let pairs: Promise<Pair>[] = [];

  beforeAll(async () => {
    const programs = await findPrograms();
    const atOnce = new AtOnce(CASES_AT_ONCE);
    pairs = rows.map((row) => atOnce.run(() => runSideBySide(programs, row)));
  });

  for (const [index, row] of rows.entries()) {
    test(titleOf(row), async () => {
      const pair = await pairs[index];
      if (pair === undefined) {
        throw new Error("not run");
      }
      judge(row, pair);
    });
  }
});
