/**
 * The real FlushService through long histories, from seeds. More of them, or one again:
 * SIMULATION_FIRST=N SIMULATION_SEEDS=N bun test ./test/simulation/simulation_test.ts
 */
import { describe, expect, test } from "bun:test";
import { drawHistory } from "./draw.ts";
import { shrink } from "./shrink.ts";
import { run } from "./simulation.ts";

const FIRST = Number(process.env["SIMULATION_FIRST"] ?? Date.now() % 1_000_000_000);
const SEEDS = Number(process.env["SIMULATION_SEEDS"] ?? 300);

const STEPS = 300;

/** Seeds of one test: it fails at its first that fails. */
const SEEDS_A_TEST = 50;

const TEST_LIMIT_MS = 10 * 60 * 1000;

/** Null: all is as it must be; otherwise what to repeat it by, made short. */
async function judge(seed: number): Promise<object | null> {
  const history = drawHistory(seed, STEPS);
  const { violation } = await run(history);
  if (violation === null) {
    return null;
  }
  const shortest = await shrink(history, violation);
  const { trace } = await run(shortest);
  return { seed, violation, clockCostMs: shortest.clockCostMs, trace };
}

describe(`simulated histories of ${STEPS} steps, from seed ${FIRST} on`, () => {
  for (let first = FIRST; first < FIRST + SEEDS; first += SEEDS_A_TEST) {
    const end = Math.min(first + SEEDS_A_TEST, FIRST + SEEDS);
    test(
      `${first} to ${end - 1} keep the invariants`,
      async () => {
        for (let seed = first; seed < end; seed++) {
          expect(await judge(seed)).toBeNull();
        }
      },
      TEST_LIMIT_MS,
    );
  }

  test("one seed has one outcome", async () => {
    const history = drawHistory(FIRST, STEPS);
    expect(await run(history)).toEqual(await run(history));
  });
});
