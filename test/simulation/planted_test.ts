/** The simulation finds each planted bug, in a copy of the project. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Fault } from "../mutants/mutant.ts";
import { Workshop } from "../mutants/workshop.ts";
import { PLANTED_BUGS } from "./planted_bugs.ts";

const FIRST = Number(process.env["SIMULATION_FIRST"] ?? Date.now() % 1_000_000_000);
const SEEDS_MAX = 5000;
const STEPS = 200;

/** Most are found within some dozen seeds; one that isn't takes a minute or two of a processor. */
const TEST_LIMIT_MS = 15 * 60 * 1000;

const BUGS_MIN = 10;

/** Of its steps few are left of one that fails: some 10 mostly. */
const SHOWN_STEPS_MAX = STEPS / 4;

let workshop: Workshop | undefined;
beforeAll(async () => {
  workshop = await Workshop.open(join(import.meta.dir, "..", ".."));
}, TEST_LIMIT_MS);
afterAll(() => workshop?.close());

/** What the simulation says of a bug: "seed N: VIOLATION" and, unless it is to be brief, how; or that all is well. */
async function simulate(bug: Fault, options: readonly string[]): Promise<string> {
  const print = async () =>
    await workshop?.print("test/simulation/simulate.ts", [...options, `--steps=${STEPS}`]);
  return (await workshop?.withMutant(bug, print)) ?? "";
}

describe(`${SEEDS_MAX} histories of ${STEPS} steps from seed ${FIRST} on find`, () => {
  for (const bug of PLANTED_BUGS) {
    test(
      bug.name,
      async () => {
        const said = await simulate(bug, [`--seed=${FIRST}`, `--seeds=${SEEDS_MAX}`, "--brief"]);
        const [, seed, violation] = /^seed (\d+): (.*)/.exec(said) ?? [];
        console.log(
          `figures: ${bug.name}: found by history ${Number(seed) - FIRST + 1}: ${violation}`,
        );
        expect(violation).toMatch(/^(I\d|bug): /);
      },
      TEST_LIMIT_MS,
    );
  }

  test(`each of at least ${BUGS_MIN} bugs`, () => {
    expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(BUGS_MIN);
  });
});

test(
  `a seed that fails is shown as a short history: steps, calls and what is violated, from seed ${FIRST} on`,
  async () => {
    const [bug] = PLANTED_BUGS;
    const said = await simulate(bug as Fault, [`--seed=${FIRST}`, `--seeds=${SEEDS_MAX}`]);
    const lines = said.trim().split("\n");
    const [first = "", violation = "", last = ""] = [lines[0], ...lines.slice(-2)];
    const [, seed, kind = ""] = /^seed (\d+): (I\d): /.exec(first) ?? [];
    const [, left] =
      new RegExp(`^seed ${seed} fails, with (\\d+) of ${STEPS} steps`).exec(last) ?? [];
    expect(Number(left)).toBeLessThan(SHOWN_STEPS_MAX);
    expect(violation).toStartWith(`${kind}: `);
    const steps = lines.filter((line) => /^\d+ calls later: /.test(line));
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.length).toBeLessThanOrEqual(Number(left));
    expect(lines.filter((line) => line.startsWith("ours ")).length).toBeGreaterThan(0);
  },
  TEST_LIMIT_MS,
);
