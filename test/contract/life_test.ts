/**
 * Cases that take several clients or the life of processes, with the original and with ours.
 */
import { beforeAll, describe, expect, test } from "bun:test";
import { AtOnce } from "./at_once.ts";
import type { LifeCase, LifeOutcome } from "./life_case.ts";
import { runLife } from "./life_run.ts";
import { titleOf } from "./rows.ts";
import { LIFE_ROWS } from "./rows_life.ts";

const NOTHING: LifeOutcome = { notes: [], log: [], badEnds: [], record: {} };

/** Each has two instances of Postfix, which are started, and then mostly wait. */
const ROWS_AT_ONCE = 2;

interface Outcomes {
  readonly original: LifeOutcome;
  readonly ours: LifeOutcome;
}

function wantedOf(row: LifeCase): Outcomes {
  const original = { ...NOTHING, ...row.want };
  return { original, ours: { ...original, ...row.differs?.ours } };
}

async function run(row: LifeCase): Promise<Outcomes> {
  const want = wantedOf(row);
  const [original, ours] = await Promise.all([
    runLife("flush", row, want.original.badEnds),
    runLife("fastflush/flush", row, want.ours.badEnds),
  ]);
  return { original, ours };
}

describe("life", () => {
  let outcomes: Promise<Outcomes>[] = [];

  beforeAll(() => {
    const atOnce = new AtOnce(ROWS_AT_ONCE);
    outcomes = LIFE_ROWS.map((row) => atOnce.run(() => run(row)));
  });

  for (const [index, row] of LIFE_ROWS.entries()) {
    test(titleOf(row), async () => {
      const want = wantedOf(row);
      expect(await outcomes[index]).toEqual(want);
      if (row.differs !== undefined) {
        expect(want.ours).not.toEqual(want.original);
      }
    });
  }
});
