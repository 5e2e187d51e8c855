/**
 * Some rounds of fuzzing of each target, and everything that was ever found, once more.
 *
 * Again with the seed that a title names, or another one, and longer: `npm run fuzz -- --seed N --rounds M`.
 */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { randomFrom } from "../support/random.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets.ts";
import { watchRounds } from "./watched.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000_000);

/** A second or two of each. */
const ROUNDS: Readonly<Record<string, number>> = {
  requests: 150,
  names: 300,
  mail_log: 400,
  lookup_answers: 100,
  routes: 300,
};
const ROUNDS_OF_OTHERS = 1000;

/** Far more than the caches of a process that has just started; far less than what a leak makes of an hour. */
const GROWN_BYTES_MAX = 96 * 1024 * 1024;

const CORPUS = join(import.meta.dir, "corpus");

describe(`fuzzing (seed ${SEED})`, () => {
  for (const { name } of TARGETS) {
    test(`${name} - keeps its promises`, async () => {
      const rounds = ROUNDS[name] ?? ROUNDS_OF_OTHERS;
      const watched = await watchRounds(name, SEED, rounds);
      expect(watched).toMatchObject({ rounds, failure: null });
      if ("outcomes" in watched) {
        // A generator that has gone stale would find nothing.
        expect(Object.keys(watched.outcomes).length).toBeGreaterThan(1);
        expect(watched.grownBytes).toBeLessThan(GROWN_BYTES_MAX);
      }
    });
  }
});

/** How often an input is read, each time with other pieces. */
const READINGS = 5;

async function readAll(target: Target, input: string): Promise<void> {
  for (let reading = 0; reading < READINGS; reading++) {
    await target.read(input, randomFrom(reading));
  }
}

describe("the corpus", () => {
  test("has inputs for each target, and for no others", () => {
    const names = TARGETS.map(({ name }) => name).toSorted();
    expect(readdirSync(CORPUS).toSorted()).toEqual(names);
  });

  for (const target of TARGETS) {
    const folder = join(CORPUS, target.name);
    for (const file of readdirSync(folder).toSorted()) {
      test(`${target.name}/${file}`, async () => {
        const reading = readAll(target, readFileSync(join(folder, file), "latin1"));
        await expect(reading).resolves.toBeUndefined();
      });
    }
  }
});
