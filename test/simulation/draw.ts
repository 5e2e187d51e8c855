/**
 * Draws a history from a seed.
 */
import { oneIn, pick, type Random, randomFrom } from "../support/random.ts";
import {
  type Deed,
  type History,
  LOGS,
  MESSAGES,
  ORIGINAL_COUNT,
  OUR_COUNT,
  type Step,
  type Trouble,
} from "./step.ts";

/** Most things happen between two calls that are not far apart. */
const CALLS_BETWEEN_MAX = 8;

/** Slices last 2 ms: never over, over now and then, over at each look. */
const CLOCK_COSTS_MS = [0, 0.3, 2.5];

/** A refresh sends nearly every log, or none. */
const REFRESH_SECONDS = [0, 12 * 3600];

/** A write is an entry or a few. */
const TORN_BYTES_MAX = 24;

/** A history of so many steps. */
export function drawHistory(seed: number, length: number): History {
  const random = randomFrom(seed);
  const clockCostMs = pick(random, CLOCK_COSTS_MS);
  const refreshSeconds = pick(random, REFRESH_SECONDS);
  const steps = Array.from({ length }, (): Step => {
    const afterCalls = oneIn(random, 3) ? 0 : random(CALLS_BETWEEN_MAX);
    return { afterCalls, ...drawDeed(random) };
  });
  return { seed, clockCostMs, refreshSeconds, steps };
}

type Draw = (random: Random) => Deed;

const ours = (random: Random): number => random(OUR_COUNT);
const original = (random: Random): number => random(ORIGINAL_COUNT);

const drawAdd: Draw = (random) => ({
  do: "add",
  process: ours(random),
  log: pick(random, LOGS),
  message: pick(random, MESSAGES),
});

const drawOriginalAdd: Draw = (random) => {
  const message = pick(random, MESSAGES);
  // The most deceptive fragment is an entry without its newline.
  const tornBytes = oneIn(random, 3) ? message.length : random(TORN_BYTES_MAX);
  const tornAt = oneIn(random, 6) ? tornBytes : null;
  return {
    do: "original add",
    process: original(random),
    log: pick(random, LOGS),
    message,
    tornAt,
  };
};

const drawMove: Draw = (random) => ({
  do: "move",
  message: pick(random, MESSAGES),
  // Chooses evenly among one to six ways.
  choice: random(60),
});

const drawTime: Draw = (random) => ({
  do: "time",
  ms: oneIn(random, 8) ? 1100 : random(30),
});

const drawTrouble: Draw = (random) => {
  const trouble = troubleOf(random);
  const isOfWrites = trouble.kind === "torn" || trouble.kind === "short";
  const at = isOfWrites ? "write" : pick(random, ["any", "write", "truncate"] as const);
  return { do: "trouble", trouble, at };
};

/** What is done, and how often in comparison. */
const DEEDS: readonly (readonly [weight: number, draw: Draw])[] = [
  [30, drawAdd],
  [30, drawMove],
  [15, drawTime],
  [12, drawOriginalAdd],
  [25, (random) => ({ do: "original goes on", process: original(random) })],
  [12, (random) => ({ do: "turn", process: ours(random) })],
  [8, (random) => ({ do: "send_site", process: ours(random), log: pick(random, LOGS) })],
  [6, drawTrouble],
  [3, (random) => ({ do: "original send", process: original(random), log: pick(random, LOGS) })],
  [2, (random) => ({ do: "original purge", process: original(random), log: pick(random, LOGS) })],
  [2, (random) => ({ do: "original hold", process: original(random), log: pick(random, LOGS) })],
  [2, (random) => ({ do: "send_file", process: ours(random), message: pick(random, MESSAGES) })],
  [5, (random) => ({ do: pick(random, ["refresh", "purge"] as const), process: ours(random) })],
  [2, (random) => ({ do: pick(random, ["kill", "leave"] as const), process: ours(random) })],
  [4, (random) => ({ do: "remove log", log: pick(random, LOGS) })],
];

const WEIGHT_SUM = DEEDS.reduce((sum, [weight]) => sum + weight, 0);

function drawDeed(random: Random): Deed {
  let left = random(WEIGHT_SUM);
  for (const [weight, draw] of DEEDS) {
    left -= weight;
    if (left < 0) {
      return draw(random);
    }
  }
  throw new RangeError("the weights' sum is larger than the weights");
}

function troubleOf(random: Random): Trouble {
  const takeBytes = random(TORN_BYTES_MAX);
  return pick<Trouble>(random, [
    { kind: "killed before" },
    { kind: "killed after" },
    { kind: "torn", takeBytes },
    { kind: "short", takeBytes },
    { kind: "error", code: "ENOSPC" },
    { kind: "error", code: "EIO" },
  ]);
}
