/**
 * The tables of what the exact record costs: sends that read messages, wake-ups over many logs, rebuilds.
 *
 * Ratios are taken round by round. No goal is judged here.
 */
import type { Effort } from "./background.ts";
import { ORIGINAL_STOCK, OURS_NOT_EXACT, OURS_RECOMMENDED } from "./contestants.ts";
import type { ExactnessTimes } from "./exactness.ts";
import { number, range, ratios, spread } from "./figures.ts";
import type { RebuildTurn } from "./rebuilds.ts";
import type { Table } from "./tables.ts";
import type { WakeUpTimes, WakeUpTurn } from "./wake_ups.ts";

/** All that was measured; a part that was not asked for is not there. */
export interface RecordMeasurements {
  readonly exact?: ExactnessTimes;
  readonly wake?: WakeUpTimes;
  readonly rebuild?: readonly RebuildTurn[];
  /** In each send and in the rebuild. */
  readonly messages: number;
  readonly logs: number;
}

const US_PER_MS = 1000;
const US_PER_SECOND = 1e6;

function median(values: readonly number[]): string {
  return number(spread(values).median);
}

const CLOCKS = [
  ["wall clock", "time_ms"],
  ["processor time", "cpu_ms"],
] as const;

function exactnessTable(kinds: ExactnessTimes, messages: number): Table {
  const rows = [...kinds].flatMap(([kind, times]) =>
    CLOCKS.map(([clock, ms]) => {
      const of = ({ title }: { readonly title: string }): number[] =>
        (times.get(title) ?? []).map((turn) => turn[ms]);
      const [original, off, on] = [of(ORIGINAL_STOCK), of(OURS_NOT_EXACT), of(OURS_RECOMMENDED)];
      const cost_us = on.map((each, round) => ((each - (off[round] ?? 0)) * US_PER_MS) / messages);
      const shares = [ratios(off, original), ratios(on, original)].map(range);
      return [`${kind}, ${clock}`, ...[original, off, on].map(median), ...shares, range(cost_us)];
    }),
  );
  return {
    title: `send_site of ${messages} messages that are read (ms; ratio: median, least, greatest)`,
    head: [
      "what says that the message belongs",
      "original",
      "ours, -E",
      "ours, exact",
      "-E / original",
      "exact / original",
      "exactness, µs a message",
    ],
    rows,
  };
}

/** By layout and side, in order. */
function* turnsOf(layouts: WakeUpTimes): Generator<[string, readonly WakeUpTurn[]]> {
  for (const [layout, { original, ours }] of layouts) {
    yield [`${layout}, original`, original];
    yield [`${layout}, ours`, ours];
  }
}

function wakeUpTable(layouts: WakeUpTimes, logs: number): Table {
  return {
    title: `A wake-up over ${logs} logs of one entry, half of them outdated (the original leaves those)`,
    head: ["what", "seconds", "processor seconds", "busy", "µs of processor a log"],
    rows: [...turnsOf(layouts)].map(([who, turns]) => {
      const efforts = turns.map(({ alone }) => alone);
      const cpu = efforts.map((each) => each.cpu_seconds);
      return [
        `wake-up, ${who}`,
        range(efforts.map((each) => each.seconds)),
        median(cpu),
        `${median(efforts.map((each) => (100 * each.cpu_seconds) / each.seconds))} %`,
        median(cpu.map((each) => (each * US_PER_SECOND) / logs)),
      ];
    }),
  };
}

function meanwhileTable(layouts: WakeUpTimes): Table {
  const times = ["empty", "quiet", "meanwhile", "beside"] as const;
  return {
    title: "Adds one after the other, µs: median / 99 of 100 / slowest",
    head: [
      "what",
      "empty record",
      "many logs",
      "during the wake-up",
      "then, to the other program, which is quiet",
    ],
    rows: [...turnsOf(layouts)].map(([who, turns]) => [
      `adds, ${who}`,
      ...times.map((when) => {
        const all = turns.map(({ adds }) => adds[when]);
        const slowest = number(Math.max(...all.map(({ max_us }) => max_us)));
        const [half, most] = [
          median(all.map((each) => each.median_us)),
          median(all.map((each) => each.p99_us)),
        ];
        return `${half} / ${most} / ${slowest}`;
      }),
    ]),
  };
}

function rebuildTable(turns: readonly RebuildTurn[], messages: number): Table {
  const pass = turns.map(({ pass_seconds }) => pass_seconds);
  const row = (what: string, efforts: readonly Effort[]): string[] => {
    const [seconds, cpu] = [efforts.map((e) => e.seconds), efforts.map((e) => e.cpu_seconds)];
    return [
      `${what}, ${messages} messages`,
      range(seconds),
      range(ratios(seconds, pass)),
      median(cpu),
      range(ratios(cpu, pass)),
    ];
  };
  return {
    title: "Rebuild, against one pass over the queue files (open, read 4 KB, close)",
    head: ["what", "seconds", "/ pass", "processor seconds", "/ pass"],
    rows: [
      [`one pass, ${messages} messages`, range(pass), "", "", ""],
      row(
        "rebuild",
        turns.map(({ rebuild }) => rebuild),
      ),
      row(
        "the whole wake-up",
        turns.map(({ wake_up }) => wake_up),
      ),
    ],
  };
}

/** A table for each part that was measured; two for the wake-ups. */
export function recordTables(measured: RecordMeasurements): Table[] {
  const { exact, wake, rebuild, messages, logs } = measured;
  return [
    ...(exact === undefined ? [] : [exactnessTable(exact, messages)]),
    ...(wake === undefined ? [] : [wakeUpTable(wake, logs), meanwhileTable(wake)]),
    ...(rebuild === undefined ? [] : [rebuildTable(rebuild, messages)]),
  ];
}
