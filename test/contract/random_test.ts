/**
 * Random cases, stand-alone, with the original and with ours: the same, but for the known differences.
 *
 * More of them, or one again: FUZZ_SEED=N FUZZ_DRAWS=N bun test test/contract/random_test.ts
 */
import { beforeAll, describe, expect, test } from "bun:test";
import { GREETING } from "../../lab/greeting.ts";
import { AtOnce } from "./at_once.ts";
import type { ContractCase } from "./contract_case.ts";
import { drawCase } from "./draw.ts";
import { CASES_AT_ONCE, findPrograms, type Programs } from "./programs.ts";
import { type Comparison, compareBoth, isSame, RANDOM_FOLDER } from "./random_comparison.ts";
import { shrink } from "./shrink.ts";
import { runStandalone } from "./standalone.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000_000);
const DRAWS = Number(process.env["FUZZ_DRAWS"] ?? 1000);

/** Draws of one test: it fails as a whole, and tells of each. */
const DRAWS_A_TEST = 100;

/** As many that none of what is drawn now and then can be missing. */
const ENOUGH_DRAWS = 1000;

/** So long a test may take, however many draws there are. */
const TEST_LIMIT_MS = 10 * 60 * 1000;

/** What the original did: a suite that only ever draws one kind of case says nothing. */
const reached = new Map<string, number>();

function reach(what: string): void {
  reached.set(what, (reached.get(what) ?? 0) + 1);
}

let programs: Programs;
const atOnce = new AtOnce(CASES_AT_ONCE);

async function compare(row: ContractCase): Promise<Comparison> {
  const { original, ours, owner } = programs;
  return await compareBoth(row, {
    original: (each) => runStandalone(original, each, owner, RANDOM_FOLDER),
    ours: (each) => runStandalone(ours, each, owner, RANDOM_FOLDER),
    owner,
  });
}

/** Null where both do the same; otherwise the smallest case found that shows the difference. */
async function judge(seed: number): Promise<object | null> {
  const row = drawCase(seed);
  const comparison = await compare(row);
  reach(`reply ${comparison.expected.reply.slice(GREETING.length)}`);
  reach(`wakes ${comparison.expected.wakes}`);
  if (isSame(comparison)) {
    return null;
  }
  const smallest = await shrink(row, async (each) => !isSame(await compare(each)));
  const { config, args, state, send } = smallest;
  return { seed, config, args, state, send, ...(await compare(smallest)) };
}

describe(`random cases from seed ${SEED} on`, () => {
  beforeAll(async () => {
    programs = await findPrograms();
  });

  for (let first = 0; first < DRAWS; first += DRAWS_A_TEST) {
    const count = Math.min(DRAWS_A_TEST, DRAWS - first);
    test(
      `${first + 1} to ${first + count}`,
      async () => {
        const seeds = Array.from({ length: count }, (_, index) => SEED + first + index);
        const found = await Promise.all(seeds.map((seed) => atOnce.run(() => judge(seed))));
        expect(found.filter((each) => each !== null)).toEqual([]);
      },
      TEST_LIMIT_MS,
    );
  }

  test("have reached every reply and every way to wake the queue manager", () => {
    const replies = [0, 3, 4, -1].map((status) => `reply status\0${status >>> 0}\0\0`);
    const wakes = ["", "F\0", "I\0", "F\0,FI\0"].map((letters) => `wakes ${letters}`);
    const all = DRAWS < ENOUGH_DRAWS ? [] : ["reply ", ...replies, ...wakes];
    expect(all.filter((each) => !reached.has(each))).toEqual([]);
  });
});
