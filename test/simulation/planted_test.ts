/** The simulation finds each planted bug, in a copy of the project; and each seed that is kept finds what it is kept for. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Fault } from "../mutants/mutant.ts";
import { Workshop } from "../mutants/workshop.ts";
import { FOUND } from "./found.ts";
import { PLANTED_BUGS } from "./planted_bugs.ts";

const FIRST = Number(process.env["SIMULATION_FIRST"] ?? Date.now() % 1_000_000_000);
const SEEDS_MAX = 5000;
const STEPS = 200;

/** Most are found within some dozen seeds; one that isn't takes a minute or two of a processor. */
const TEST_LIMIT_MS = 15 * 60 * 1000;

const BUGS_MIN = 10;

let workshop: Workshop | undefined;
beforeAll(async () => {
  workshop = await Workshop.open(join(import.meta.dir, "..", ".."));
}, TEST_LIMIT_MS);
afterAll(() => workshop?.close());

/** What the simulation says of a bug: "seed N: VIOLATION", or that all is well. */
async function verdict(bug: Fault, first: number, seeds: number): Promise<string> {
  const options = [`--seed=${first}`, `--seeds=${seeds}`, `--steps=${STEPS}`, "--brief"];
  const print = async () => await workshop?.print("test/simulation/simulate.ts", options);
  return (await workshop?.withMutant(bug, print)) ?? "";
}

describe(`${SEEDS_MAX} histories of ${STEPS} steps from seed ${FIRST} on find`, () => {
  for (const bug of PLANTED_BUGS) {
    test(
      bug.name,
      async () => {
        const said = await verdict(bug, FIRST, SEEDS_MAX);
        const [, seed, violation] = /^seed (\d+): (.*)/.exec(said) ?? [];
        console.log(`${bug.name}: found by history ${Number(seed) - FIRST + 1}: ${violation}`);
        expect(violation).toMatch(/^(I\d|bug): /);
      },
      TEST_LIMIT_MS,
    );
  }

  test(`each of at least ${BUGS_MIN} bugs`, () => {
    expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(BUGS_MIN);
  });
});

describe("a seed that is kept finds, were it not mended:", () => {
  test.each(FOUND)(
    "$name",
    async (found) => {
      expect(await verdict(found, found.seed, 1)).toStartWith(`seed ${found.seed}: I`);
    },
    TEST_LIMIT_MS,
  );
});
