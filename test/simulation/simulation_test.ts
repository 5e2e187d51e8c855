/**
 * The real server and service through long histories, from seeds. More of them, or one again:
 * SIMULATION_FIRST=N SIMULATION_SEEDS=N bun test ./test/simulation/simulation_test.ts
 */
import { afterAll, describe, expect, test } from "bun:test";
import { drawHistory } from "./draw.ts";
import { FOUND } from "./found.ts";
import { explain, runSeed } from "./seed.ts";
import { run } from "./simulation.ts";
import { FAULT_KINDS, Tally } from "./tally.ts";

const FIRST = Number(process.env["SIMULATION_FIRST"] ?? Date.now() % 1_000_000_000);
const SEEDS = Number(process.env["SIMULATION_SEEDS"] ?? 2400);

const STEPS = 200;

/** Seeds of one test: it fails at its first that fails. */
const SEEDS_A_TEST = 200;

const TEST_LIMIT_MS = 15 * 60 * 1000;

/** How often each kind of fault is to be met in as many histories as there are unless told otherwise. */
const MET_MIN = 1000;
const ENOUGH_SEEDS = 2400;

const tally = new Tally();

describe(`simulated histories of ${STEPS} steps, from seed ${FIRST} on`, () => {
  afterAll(() => console.log(tally.table().replaceAll(/^/gm, "figures: ")));

  for (let first = FIRST; first < FIRST + SEEDS; first += SEEDS_A_TEST) {
    const end = Math.min(first + SEEDS_A_TEST, FIRST + SEEDS);
    test(
      `${first} to ${end - 1} keep the invariants`,
      async () => {
        for (let seed = first; seed < end; seed++) {
          const outcome = await runSeed(seed, STEPS);
          tally.add(outcome.tally);
          expect(outcome.violation === null ? null : await explain(seed, STEPS)).toBeNull();
        }
      },
      TEST_LIMIT_MS,
    );
  }

  test(`have met each kind of fault ${MET_MIN} times`, () => {
    const isRare = (kind: (typeof FAULT_KINDS)[number]): boolean =>
      (tally.counts.get(kind) ?? 0) < MET_MIN;
    expect(SEEDS < ENOUGH_SEEDS ? [] : FAULT_KINDS.filter(isRare)).toEqual([]);
  });

  test.each(FOUND)("$seed keeps the invariants: $name", async ({ seed }) => {
    expect((await runSeed(seed, STEPS)).violation).toBeNull();
  });

  test("one seed has one outcome", async () => {
    const history = drawHistory(FIRST, STEPS);
    expect(await run(history, { isTraced: true })).toEqual(await run(history, { isTraced: true }));
  });
});
