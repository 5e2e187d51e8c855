/**
 * master(8)'s wake-up over many logs of one entry, half of them outdated: not the same work, since ours takes the
 * outdated entries out and the original looks at each log and leaves it. How, says wake_turns.ts.
 */
import { ManyLogs } from "../../test/support/many_logs.ts";
import {
  type Contestant,
  hashingOf,
  ORIGINAL_HASHED,
  ORIGINAL_LARGE,
  OURS_HASHED,
  OURS_LARGE,
} from "../contestants.ts";
import { number, spread } from "../figures.ts";
import type { Line } from "../lines.ts";
import { playRounds, type Results, warm } from "../rounds.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import type { Table } from "../tables.ts";
import { describeTurn, type WakeUpPlan, WakeUpPlayer, type WakeUpTurn } from "../wake_turns.ts";

const PLANS: Readonly<Record<SizeName, WakeUpPlan>> = {
  small: { logs: 100, series: 1 },
  medium: { logs: 1000, series: 5 },
  normal: { logs: 5000, series: 10 },
  large: { logs: 200_000, series: 50 },
};

/** How the record lies, and who goes over it. */
interface Layout {
  readonly title: string;
  readonly original: Contestant;
  readonly ours: Contestant;
}

const FLAT: Layout = { title: "flat", original: ORIGINAL_LARGE, ours: OURS_LARGE };
const HASHED: Layout = { title: "hashed", original: ORIGINAL_HASHED, ours: OURS_HASHED };

const LAYOUTS: Readonly<Record<SizeName, readonly Layout[]>> = {
  small: [FLAT, HASHED],
  medium: [FLAT],
  normal: [FLAT],
  large: [FLAT, HASHED],
};

const US_PER_SECOND = 1e6;

async function measureLayout(
  bench: Bench,
  { title, original, ours }: Layout,
  plan: WakeUpPlan,
): Promise<Results<WakeUpTurn>> {
  const { arena } = bench;
  const logs = new ManyLogs(arena, hashingOf(ours), plan.logs);
  const players = [
    new WakeUpPlayer(arena, [original, ours], logs, plan),
    new WakeUpPlayer(arena, [ours, original], logs, plan),
  ];
  for (const player of players) {
    await player.addToEmpty();
  }
  logs.create();
  // What warms up is the series of adds before each wake-up.
  const results = await playRounds(warm(bench), {
    what: `wake-up over ${plan.logs} logs, ${title}`,
    players,
    turn: (player) => player.play(),
    describe: describeTurn,
  });
  logs.remove();
  return results;
}

function linesOf(
  { title, original, ours }: Layout,
  logs: number,
  results: Results<WakeUpTurn>,
): Line[] {
  const line = (what: string, unit: string, pick: (turn: WakeUpTurn) => number): Line => ({
    what: `wake-up over ${logs.toLocaleString("en")} logs, ${title}${what}`,
    unit,
    original: results.values(original, pick),
    ours: results.values(ours, pick),
  });
  return [
    line("", "s", ({ alone }) => alone.seconds),
    line(", processor time a log", "µs", ({ alone }) => (alone.cpu_seconds * US_PER_SECOND) / logs),
  ];
}

/** The adds before and during the wake-ups. */
function addRows({ title, original, ours }: Layout, results: Results<WakeUpTurn>): string[][] {
  const times = ["empty", "quiet", "meanwhile", "beside"] as const;
  return [original, ours].map((player) => [
    `${title}, ${player.side}`,
    ...times.map((when) => {
      const all = results.of(player).map(({ adds }) => adds[when]);
      const median = (values: readonly number[]): string => number(spread(values).median);
      const slowest = number(Math.max(...all.map(({ max_us }) => max_us)));
      return `${median(all.map((each) => each.median_us))} / ${median(all.map((each) => each.p99_us))} / ${slowest}`;
    }),
  ]);
}

/** Runs the section. */
export async function measureWakeUps(bench: Bench): Promise<Findings> {
  const plan = PLANS[bench.size];
  const lines: Line[] = [];
  const rows: string[][] = [];
  for (const layout of LAYOUTS[bench.size]) {
    const results = await measureLayout(bench, layout, plan);
    lines.push(...linesOf(layout, plan.logs, results));
    rows.push(...addRows(layout, results));
  }
  const adds: Table = {
    title: "adds one after the other, µs: median / 99 of 100 / slowest",
    head: [
      "record",
      "empty",
      "many logs",
      "during the wake-up",
      "then, to the other program, which is quiet",
    ],
    rows,
  };
  return { lines, tables: [adds] };
}
