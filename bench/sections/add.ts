/**
 * Adds a second, by concurrent clients and by sites: the stock entry of Postfix against the recommended one of ours,
 * both with max_use 100, both with a large max_use. The limit is the bare server that keeps the record; beside
 * it stand one that appends, and one that only answers, which shows how far the load generator is from being the limit.
 */
import { type AddPlan, type AddTurn, describePlan, playAdds } from "../add_turns.ts";
import {
  CONTESTANTS,
  type Contestant,
  ORIGINAL_LARGE,
  ORIGINAL_STOCK,
  OURS_LARGE,
  OURS_RECOMMENDED,
  OURS_STOCK,
} from "../contestants.ts";
import { number, range, spread } from "../figures.ts";
import { type Line, ratioGoal } from "../lines.ts";
import type { Results } from "../rounds.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import type { Table } from "../tables.ts";
import { BARE_WITH_RECORD, targetOf, withBareServers } from "../targets.ts";

interface Amount {
  readonly clients: readonly number[];
  readonly sites: readonly number[];
  /** In one turn, of a second or less. */
  readonly requests: number;
}

const AMOUNTS: Readonly<Record<SizeName, Amount>> = {
  small: { clients: [1, 8], sites: [1, 50], requests: 150 },
  medium: { clients: [1, 64], sites: [1, 1000], requests: 2000 },
  normal: { clients: [1, 8, 64, 256], sites: [1, 10_000], requests: 10_000 },
  large: { clients: [1, 8, 64, 256], sites: [1, 10_000], requests: 40_000 },
};

/** DESIGN's goals are for so many. */
const GOAL_CLIENTS = 64;

const PAIRS: ReadonlyArray<readonly [string, Contestant, Contestant, number]> = [
  ["stock entry; ours recommended", ORIGINAL_STOCK, OURS_RECOMMENDED, 3],
  ["both max_use 100", ORIGINAL_STOCK, OURS_STOCK, 0.8],
  ["both a large max_use", ORIGINAL_LARGE, OURS_LARGE, 1.3],
];

const perSecond = (turn: AddTurn): number => turn.per_second;

/** Processor time for each add, in microseconds. */
const cpuUs = (turn: AddTurn): number => (turn.service_cpu_seconds * 1e6) / turn.requests;

function linesOf(plan: AddPlan, results: Results<AddTurn>): Line[] {
  return PAIRS.flatMap(([what, original, ours, goal]) => {
    const line = (which: string, unit: string, pick: typeof perSecond): Line => ({
      what: `${describePlan(plan)}, ${what}${which}`,
      unit,
      original: results.values(original, pick),
      ours: results.values(ours, pick),
      limit: results.values(BARE_WITH_RECORD, pick),
    });
    const rate = line("", "/s", perSecond);
    return plan.clients === GOAL_CLIENTS
      ? [{ ...rate, goal: ratioGoal("≥", goal) }, line(", processor time", "µs", cpuUs)]
      : [rate];
  });
}

/** Every target's figures, and how busy the load generator was: at 100 % it is the limit itself. */
function targetTable(plan: AddPlan, results: Results<AddTurn>): Table {
  return {
    title: `everybody's figures, ${describePlan(plan)}`,
    head: [
      "who",
      "adds a second",
      "median µs",
      "p99 µs",
      "max µs",
      "processor µs an add",
      "generator busy",
    ],
    rows: results.titles().map((title) => {
      const median = (pick: typeof perSecond): string =>
        number(spread(results.values({ title }, pick)).median);
      return [
        title,
        range(results.values({ title }, (each) => each.per_second)),
        median((each) => each.p50_us),
        median((each) => each.p99_us),
        median((each) => each.max_us),
        median(cpuUs),
        `${median((each) => (100 * each.cpu_seconds) / each.seconds)} %`,
      ];
    }),
  };
}

/** Runs the section. */
export async function measureAdds(bench: Bench): Promise<Findings> {
  const { clients, sites, requests } = AMOUNTS[bench.size];
  const plans = sites.flatMap((siteCount) =>
    clients.map((clientCount): AddPlan => {
      const name = `add${clientCount}to${siteCount}n`;
      return { name, clients: clientCount, sites: siteCount, requests };
    }),
  );
  const { arena } = bench;
  return await withBareServers(arena, async (bare) => {
    const targets = [...CONTESTANTS.map((each) => targetOf(arena, each)), ...bare];
    const lines: Line[] = [];
    const tables: Table[] = [];
    for (const plan of plans) {
      const results = await playAdds(bench, targets, plan);
      lines.push(...linesOf(plan, results));
      if (plan.clients === Math.min(GOAL_CLIENTS, clients.at(-1) ?? 1)) {
        tables.push(targetTable(plan, results));
      }
    }
    return { lines, tables };
  });
}
