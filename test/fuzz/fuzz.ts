/**
 * `npm run fuzz -- [--seed N] [--rounds M] [--target NAME]`: fuzzes everything that reads bytes from outside.
 *
 * Prints a line a target: how many rounds, what they came to, by how much the process grew. What fails is put into
 * corpus/, as short as it could be made, to be kept with the change that mends it. Exit status 1 if anything failed.
 *
 * Called with a target's name, a seed, a count of rounds and a file, it is the process that runs them (watched.ts).
 */
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runRounds } from "./rounds.ts";
import { TARGETS } from "./targets.ts";
import { noteRound, watchRounds } from "./watched.ts";

const CORPUS = join(import.meta.dir, "corpus");

const DEFAULT_ROUNDS = 20_000;
const BYTES_PER_MB = 1024 * 1024;

/** The process that is watched. */
async function runHere(
  name: string,
  seed: number,
  rounds: number,
  progress: string,
): Promise<void> {
  const target = TARGETS.find((each) => each.name === name);
  if (target === undefined) {
    throw new Error(`fuzz: no target "${name}"`);
  }
  const descriptor = openSync(progress, "w");
  const report = await runRounds(target, seed, rounds, (round) => noteRound(descriptor, round));
  console.log(JSON.stringify(report));
}

/** One line; false if it failed. */
async function runWatched(name: string, seed: number, rounds: number): Promise<boolean> {
  const startedMs = performance.now();
  const watched = await watchRounds(name, seed, rounds);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if ("stuckAt" in watched) {
    console.log(
      `${name}: STUCK or died at round ${watched.stuckAt} of seed ${seed}\n${watched.errors}`,
    );
    return false;
  }
  const { failure, outcomes, grownBytes } = watched;
  if (failure !== null) {
    const path = keep(name, seed, failure.round, failure.input);
    console.log(
      `${name}: FAILED at round ${failure.round} of seed ${seed}, kept as ${path}\n${failure.why}`,
    );
    return false;
  }
  const grown = (grownBytes / BYTES_PER_MB).toFixed(1);
  const words = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
  console.log(
    `${name}: ${watched.rounds} rounds, ${seconds} s, grown ${grown} MB: ${words.join(", ")}`,
  );
  return true;
}

function keep(name: string, seed: number, round: number, input: string): string {
  const path = join(CORPUS, name, `seed_${seed}_round_${round}`);
  mkdirSync(join(CORPUS, name), { recursive: true });
  writeFileSync(path, Buffer.from(input, "latin1"));
  return path;
}

async function main(args: readonly string[]): Promise<number> {
  const [name, seed, rounds, progress] = args;
  if (name !== undefined && !name.startsWith("--") && progress !== undefined) {
    await runHere(name, Number(seed), Number(rounds), progress);
    return 0;
  }
  const { values } = parseArgs({
    args: [...args],
    options: { seed: { type: "string" }, rounds: { type: "string" }, target: { type: "string" } },
  });
  const chosen = TARGETS.filter(
    (each) => values.target === undefined || each.name === values.target,
  );
  let isGood = chosen.length > 0;
  for (const target of chosen) {
    const one = await runWatched(
      target.name,
      Number(values.seed ?? Date.now() % 1_000_000_000),
      Number(values.rounds ?? DEFAULT_ROUNDS),
    );
    isGood &&= one;
  }
  return isGood ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
