/**
 * Purge and refresh over many logs of one outdated entry each, and how long other requests wait meanwhile.
 *
 * A client adds at a pace to a site of its own while the walk goes on, as much to the one program as to the other.
 * The logs are as old as the walk wants them, so that both have the same to do: every log must
 * be empty afterwards. Adds of the meanwhile are answered, each of them; their entries may be gone, as outdated ones.
 * The limit of a purge is a bare C program that makes the system calls that ours makes for each log, one after the other,
 * and serves nobody meanwhile (purge.c).
 */
import { runOrThrow } from "../../lab/run.ts";
import { type Arena, removeLogs } from "../arena.ts";
import { type Effort, effortOf, walk } from "../background.ts";
import { type Contestant, ORIGINAL_LARGE, OURS_LARGE } from "../contestants.ts";
import type { GrowthPoint } from "../growth.ts";
import { type Line, oursGoal, ratioGoal } from "../lines.ts";
import { type LoadReport, withPacedLoads } from "../load_generator.ts";
import { OutdatedLogs } from "../outdated_logs.ts";
import { playRounds, type Results, warm } from "../rounds.ts";
import type { Bench, Findings, SizeName } from "../section.ts";

/**
 * No more than these: the original keeps a connection to the queue manager open for each log that it has sent, until it is
 * through, and dies where a process may have no more than 20,000 descriptors.
 */
const COUNTS: Readonly<Record<SizeName, readonly number[]>> = {
  small: [40, 120],
  medium: [1000, 5000],
  normal: [5000, 15_000],
  large: [5000, 15_000],
};

/** DESIGN's goals are for so many logs, and are shown for the most that there are where those are fewer. */
const GOAL_COUNT = 50_000;
const GOAL_MS = 10;

type Kind = "purge" | "refresh";

/** A purge takes logs that were not read in its own second; a refresh those of 12 hours, unless told otherwise. */
const AGE_SECONDS: Readonly<Record<Kind, number>> = { purge: 10, refresh: 13 * 3600 };

const SITE = "meanwhile";

/** One walk, and the adds that met it. */
interface WalkTurn {
  readonly effort: Effort;
  readonly adds: Pick<LoadReport, "requests" | "p99_us" | "max_us">;
}

/** Who walks, in turns. */
interface Walker {
  readonly title: string;
  readonly walk: (arena: Arena) => Promise<WalkTurn>;
}

/** Under which the bare program's turns are found. */
const BARE = { title: "bare C program" };

/** It serves nobody. */
const NO_ADDS: WalkTurn["adds"] = { requests: 0, p99_us: 0, max_us: 0 };

async function walkOfBare({ programs, queue_folder }: Arena): Promise<WalkTurn> {
  const { stdout } = await runOrThrow([programs.purge, queue_folder]);
  return { effort: JSON.parse(stdout) as Effort, adds: NO_ADDS };
}

async function walkOf(arena: Arena, kind: Kind, player: Contestant): Promise<WalkTurn> {
  const socket = arena.socket(player.service);
  const order = { socket, site: SITE, firstId: 0 };
  const { result, reports } = await withPacedLoads(arena.programs.load, [order], () =>
    effortOf(arena, player, () => walk(arena, player, kind)),
  );
  const [adds] = reports as readonly [LoadReport];
  return { effort: result, adds };
}

function walkersOf(kind: Kind): readonly Walker[] {
  const contestants = [ORIGINAL_LARGE, OURS_LARGE].map((player) => ({
    title: player.title,
    walk: (arena: Arena) => walkOf(arena, kind, player),
  }));
  return kind === "purge" ? [...contestants, { ...BARE, walk: walkOfBare }] : contestants;
}

async function walkTurn(
  { arena }: Bench,
  kind: Kind,
  logs: OutdatedLogs,
  walker: Walker,
): Promise<WalkTurn> {
  logs.fill(AGE_SECONDS[kind]);
  await arena.settle();
  const turn = await walker.walk(arena);
  logs.check(walker.title);
  removeLogs(arena.record_folder, SITE);
  return turn;
}

function describe({ effort: { seconds, cpu_seconds }, adds }: WalkTurn): string {
  const took = `${seconds.toFixed(2)} s, ${cpu_seconds.toFixed(2)} s of processor time`;
  return `${took}; ${adds.requests} adds, slowest ${adds.max_us} µs`;
}

function linesOf(kind: Kind, count: number, results: Results<WalkTurn>, hasGoal: boolean): Line[] {
  const line = (what: string, unit: string, pick: (turn: WalkTurn) => number): Line => ({
    what: `${kind} of ${count.toLocaleString("en")} logs${what}`,
    unit,
    original: results.values(ORIGINAL_LARGE, pick),
    ours: results.values(OURS_LARGE, pick),
  });
  const limited = (what: string, pick: (turn: WalkTurn) => number): Line => {
    const limit = kind === "purge" ? { limit: results.values(BARE, pick) } : {};
    return { ...line(what, "s", pick), ...limit };
  };
  const [time, slowest] = [
    limited("", ({ effort }) => effort.seconds),
    line(", slowest add meanwhile", "ms", ({ adds }) => adds.max_us / 1000),
  ];
  return [
    hasGoal ? { ...time, goal: ratioGoal("≤", 0.5) } : time,
    limited(", processor time", ({ effort }) => effort.cpu_seconds),
    line(", add meanwhile, 99 of 100", "ms", ({ adds }) => adds.p99_us / 1000),
    hasGoal ? { ...slowest, goal: oursGoal(GOAL_MS) } : slowest,
  ];
}

async function measureWalks(bench: Bench, kind: Kind): Promise<Findings> {
  const lines: Line[] = [];
  const points: GrowthPoint[] = [];
  const counts = COUNTS[bench.size];
  for (const [index, count] of counts.entries()) {
    const logs = new OutdatedLogs(bench.arena, count);
    const results = await playRounds(index === 0 ? bench : warm(bench), {
      what: `${kind} of ${count} logs`,
      players: walkersOf(kind),
      turn: (walker) => walkTurn(bench, kind, logs, walker),
      describe,
    });
    logs.remove();
    const goalCountMin = Math.min(GOAL_COUNT, ...counts.slice(-1));
    lines.push(...linesOf(kind, count, results, kind === "purge" && count >= goalCountMin));
    const ms = ({ effort }: WalkTurn): number => effort.seconds * 1000;
    points.push({
      count,
      originalMs: results.values(ORIGINAL_LARGE, ms),
      oursMs: results.values(OURS_LARGE, ms),
    });
  }
  return { lines, growths: [{ what: kind, each: "log", points }] };
}

/** Runs the section on purges. */
export async function measurePurges(bench: Bench): Promise<Findings> {
  return await measureWalks(bench, "purge");
}

/** Runs the section on refreshes. */
export async function measureRefreshes(bench: Bench): Promise<Findings> {
  return await measureWalks(bench, "refresh");
}
