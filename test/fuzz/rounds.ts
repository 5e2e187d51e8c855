/**
 * Rounds of fuzzing of one target. What a round reads follows from the seed, the target and the round's number alone.
 */
import { oneIn, type Random, randomFrom } from "../support/random.ts";
import { mutate, randomBytes } from "./mutate.ts";
import type { Target } from "./target.ts";

/** A round that failed. */
interface Failure {
  readonly round: number;
  readonly why: string;
  /** As short as it could be made. */
  readonly input: string;
}

/** What rounds came to. */
export interface RoundsReport {
  readonly rounds: number;
  /** How often each outcome came. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** By how much the process has grown, from the first tenth of the rounds on. */
  readonly grownBytes: number;
  readonly failure: Failure | null;
}

const RANDOM_BYTES_MAX = 600;
const SHRINKING_TRIES_MAX = 400;

/** Runs rounds one after the other until one fails; `onRound` is told each before it begins. */
export async function runRounds(
  target: Target,
  seed: number,
  rounds: number,
  onRound: (round: number) => void,
): Promise<RoundsReport> {
  const outcomes: Record<string, number> = {};
  let startBytes = 0;
  for (let round = 0; round < rounds; round++) {
    if (round === Math.ceil(rounds / 10)) {
      startBytes = usedBytes();
    }
    onRound(round);
    const random = roundRandom(target, seed, round);
    const input = drawInput(target, random);
    const reading = random(2 ** 30);
    try {
      const outcome = await target.read(input, randomFrom(reading));
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    } catch (caught) {
      const why = caught instanceof Error ? `${caught.stack}` : String(caught);
      const failure = { round, why, input: await shrink(target, input, reading) };
      return { rounds: round, outcomes, grownBytes: 0, failure };
    }
  }
  return { rounds, outcomes, grownBytes: usedBytes() - startBytes, failure: null };
}

function usedBytes(): number {
  Bun.gc(true);
  return process.memoryUsage().rss;
}

/** The source of all that is random in a round. */
function roundRandom({ name }: Target, seed: number, round: number): Random {
  return randomFrom(Number(Bun.hash(`${seed} ${name} ${round}`) & 0xffff_ffffn));
}

/** Mostly almost valid input that is mutated. */
function drawInput(target: Target, random: Random): string {
  if (oneIn(random, 10)) {
    return randomBytes(random, random(RANDOM_BYTES_MAX));
  }
  const input = target.draw(random);
  return oneIn(random, 6) ? input : mutate(input, random, target.tokens);
}

/** Takes pieces out of an input while it still fails. */
async function shrink(target: Target, input: string, reading: number): Promise<string> {
  let shortest = input;
  let tries = 0;
  for (let size = Math.ceil(input.length / 2); size > 0; size = Math.floor(size / 2)) {
    for (let at = 0; at < shortest.length && tries < SHRINKING_TRIES_MAX; tries++) {
      const shorter = shortest.slice(0, at) + shortest.slice(at + size);
      if (await fails(target, shorter, reading)) {
        shortest = shorter;
      } else {
        at += size;
      }
    }
  }
  return shortest;
}

async function fails(target: Target, input: string, reading: number): Promise<boolean> {
  try {
    await target.read(input, randomFrom(reading));
    return false;
  } catch {
    return true;
  }
}
