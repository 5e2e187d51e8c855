/**
 * The real FlushService through long histories, from seeds. More of them, or one again:
 * SIMULATION_FIRST=N SIMULATION_SEEDS=N bun test ./test/simulation/simulation_test.ts
 */
import { describe, expect, test } from "bun:test";
import { drawHistory } from "./draw.ts";
import { LIES } from "./lies.ts";
import { shrink } from "./shrink.ts";
import { run } from "./simulation.ts";

const FIRST = Number(process.env["SIMULATION_FIRST"] ?? Date.now() % 1_000_000_000);
const SEEDS = Number(process.env["SIMULATION_SEEDS"] ?? 300);

const STEPS = 300;

/** Seeds of one test: it fails at its first that fails. */
const SEEDS_A_TEST = 50;

/** A lie that none of so many histories finds out is none that matters. */
const LIE_SEEDS = 500;

const TEST_LIMIT_MS = 10 * 60 * 1000;

/** "I1" of "I1: ...": a history is made shorter as long as it violates the same. */
const KIND_LENGTH = 2;

/** What histories are there for; one that is never reached would make all of this say less. */
const SIGHTS = [
  /^ours \d: answers 0 to {"name":"add"/,
  /^ours \d: answers -1 to {"name":"add"/,
  /^ours \d: answers 0 to {"name":"send_site"/,
  /^ours \d: answers -1 to {"name":"send_site"/,
  /^ours \d: rename deferred/,
  /^ours \d: isThere hold/,
  /^ours \d: remove flush/,
  /^ours \d: write flush\/\w+ \(takes \d+\)/,
  /^ours \d: write flush\/\w+ \(takes \d+, after\)/,
  /^ours \d: write flush\/\w+ \(ENOSPC\)/,
  /^ours \d: write flush\/\w+ \(before\)/,
  /^ours \d: truncate flush\/\w+ \(EIO\)/,
  /^ours \d: truncate flush\/\w+ \(after\)/,
  /^the original writes \w+ to \w+$/,
  /^the original writes \w+ to \w+, behind a fragment/,
  /^the original empties/,
  /^the original releases/,
  /^the original's purge removes/,
];

/** Too few histories reach too little. */
const ENOUGH_SEEDS = 300;

const unseen = new Set(SIGHTS);

function note(trace: readonly string[]): void {
  for (const sight of unseen) {
    if (trace.some((line) => sight.test(line))) {
      unseen.delete(sight);
    }
  }
}

/** Null: all is as it must be; otherwise what to repeat it by, made short. */
async function judge(seed: number): Promise<object | null> {
  const history = drawHistory(seed, STEPS);
  const { violation, trace } = await run(history);
  note(trace);
  if (violation === null) {
    return null;
  }
  const kind = violation.slice(0, KIND_LENGTH);
  const shortest = await shrink(
    history,
    async (shorter) => (await run(shorter)).violation?.startsWith(kind) === true,
  );
  const { clockCostMs, refreshSeconds } = shortest;
  return { seed, clockCostMs, refreshSeconds, ...(await run(shortest)) };
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

  for (const lie of LIES) {
    test(
      `find a service out that takes it that ${lie}`,
      async () => {
        let found: string | null = null;
        for (let seed = FIRST; found === null && seed < FIRST + LIE_SEEDS; seed++) {
          found = (await run(drawHistory(seed, STEPS), lie)).violation;
        }
        expect(found).toMatch(/^I[12]: /);
      },
      TEST_LIMIT_MS,
    );
  }

  test("have seen all that they are there for", () => {
    expect(SEEDS < ENOUGH_SEEDS ? [] : [...unseen]).toEqual([]);
  });

  test("one seed has one outcome", async () => {
    const history = drawHistory(FIRST, STEPS);
    expect(await run(history)).toEqual(await run(history));
  });
});
