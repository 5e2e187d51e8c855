/**
 * Turns measurements into the tables that are printed: ours against the original, and each contestant's own
 * figures.
 *
 * Ratios are ours over the original's, round by round; so are the shares of the bare server. The goals are
 * those of DESIGN.md ("Numbers to beat"): printed beside the ratio, never judged here, since machines differ.
 */
import { BARE_WITH_RECORD, type Reports } from "./adds.ts";
import {
  type Contestant,
  ORIGINAL_LARGE,
  ORIGINAL_STOCK,
  OURS_LARGE,
  OURS_RECOMMENDED,
  OURS_STOCK,
} from "./contestants.ts";
import { number, range, ratios, spread } from "./figures.ts";
import type { LoadReport } from "./load_generator.ts";
import type { SendTimes } from "./sends.ts";
import type { Table } from "./tables.ts";

/** All that was measured; a part that was not asked for is not there. */
export interface Measurements {
  readonly add?: Reports;
  readonly latency?: Reports;
  readonly send?: SendTimes;
  readonly messages: number;
  readonly clients: number;
}

/** One comparison: values by round. */
interface Comparison {
  readonly what: string;
  readonly unit: string;
  readonly goal: string;
  readonly original: readonly number[];
  readonly ours: readonly number[];
  /** Of the bare server, where there is one that does the same. */
  readonly limit?: readonly number[];
}

const ADD_PAIRS: ReadonlyArray<readonly [string, Contestant, Contestant, string]> = [
  ["stock entry; ours recommended", ORIGINAL_STOCK, OURS_RECOMMENDED, "≥ 3"],
  ["both max_use 100", ORIGINAL_STOCK, OURS_STOCK, "≥ 0.8"],
  ["both a large max_use", ORIGINAL_LARGE, OURS_LARGE, "≥ 1.3"],
];

function column(reports: Reports, title: string, pick: (report: LoadReport) => number): number[] {
  return (reports.get(title) ?? []).map(pick);
}

function compareAdds(reports: Reports, clients: number): Comparison[] {
  const rates = (title: string): number[] => column(reports, title, (each) => each.per_second);
  return ADD_PAIRS.map(([what, original, ours, goal]) => ({
    what: `add, ${clients} clients, ${what}`,
    unit: "/s",
    goal,
    original: rates(original.title),
    ours: rates(ours.title),
    limit: rates(BARE_WITH_RECORD),
  }));
}

function compareLatency(reports: Reports): Comparison {
  const medians = (title: string): number[] => column(reports, title, (each) => each.p50_us);
  return {
    what: "add, one client after the other, one processor, median",
    unit: "µs",
    goal: "≤ 1.1",
    original: medians(ORIGINAL_STOCK.title),
    ours: medians(OURS_RECOMMENDED.title),
    limit: medians(BARE_WITH_RECORD),
  };
}

function compareSends(times: SendTimes, messages: number): Comparison {
  const wall = ({ title }: Contestant): number[] =>
    (times.get(title) ?? []).map(({ time_ms }) => time_ms);
  return {
    what: `send_site, ${messages} messages`,
    unit: "ms",
    goal: "≤ 0.7 / ≤ 0.9 exact",
    original: wall(ORIGINAL_STOCK),
    ours: wall(OURS_RECOMMENDED),
  };
}

function comparisonRow(each: Comparison): string[] {
  const limit =
    each.limit === undefined ? "" : number(spread(ratios(each.ours, each.limit)).median);
  const ratio = range(ratios(each.ours, each.original));
  const values = [each.original, each.ours].map((side) => number(spread(side).median));
  return [`${each.what}, ${each.unit}`, ...values, ratio, each.goal, limit];
}

/** Ours against the original. */
export function comparisonTable(measured: Measurements): Table {
  const { add, latency, send, clients, messages } = measured;
  const comparisons = [
    ...(add === undefined ? [] : compareAdds(add, clients)),
    ...(latency === undefined ? [] : [compareLatency(latency)]),
    ...(send === undefined ? [] : [compareSends(send, messages)]),
  ];
  return {
    title: "Ours against the original (medians of all rounds; ratio: median, least, greatest)",
    head: ["what", "original", "ours", "ratio", "goal", "ours / bare server"],
    rows: comparisons.map(comparisonRow),
  };
}

function contestantRow(title: string, reports: readonly LoadReport[]): string[] {
  const median = (pick: (report: LoadReport) => number): string =>
    number(spread(reports.map(pick)).median);
  return [
    title,
    range(reports.map((each) => each.per_second)),
    median((each) => each.p50_us),
    median((each) => each.p99_us),
    median((each) => each.max_us),
    `${median((each) => (100 * each.cpu_seconds) / each.seconds)} %`,
  ];
}

/** Every contestant's figures, and how busy the load generator was: at 100 % it is the limit itself. */
export function contestantTable(title: string, reports: Reports): Table {
  return {
    title,
    head: ["who", "adds a second", "median µs", "p99 µs", "max µs", "generator busy"],
    rows: [...reports].map(([who, each]) => contestantRow(who, each)),
  };
}
