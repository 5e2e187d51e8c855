/**
 * The command line of the benchmark, and what its sizes mean.
 */
import { parseArgs } from "node:util";
import type { AddPlan } from "./adds.ts";
import type { ViewPlan } from "./queue_views.ts";
import type { RebuildPlan } from "./rebuilds.ts";
import type { SendPlan } from "./sends.ts";
import type { WakeUpPlan } from "./wake_ups.ts";

export const USAGE = `usage: bun bench/bench.ts [--size small|medium|normal] [--only SECTIONS] [--rounds N] [--messages N]
                         [--markdown] [--control]
  --size      small: a few hundred requests, one round: shows that all works, not how fast;
              medium: a tenth of normal, for a machine that has other work (default: normal)
  --only      which measurements, of add,latency,send,exact,wake,rebuild,queue (default: all)
  --rounds    how many rounds count (default: 5, after one that does not; wake and rebuild: 2)
  --messages  how many messages of a deferred queue are shown (queue alone)
  --markdown  print Markdown
  --control   the original in ours' place too: the ratios then show the machine's noise`;

/** What may be wrong with a command line; the message is for whoever typed it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const SECTIONS = ["add", "latency", "send", "exact", "wake", "rebuild", "queue"] as const;
type Section = (typeof SECTIONS)[number];

export interface Options {
  readonly sections: ReadonlySet<Section>;
  readonly add: AddPlan;
  readonly latency: AddPlan;
  readonly send: SendPlan;
  readonly exact: SendPlan;
  readonly wake: WakeUpPlan;
  readonly rebuild: RebuildPlan;
  readonly queue: ViewPlan;
  readonly markdown: boolean;
  readonly control: boolean;
}

/**
 * Requests in a turn: at the rates to expect, one to four seconds. Of what works at a background's pace, a turn
 * takes minutes.
 */
const SIZES = {
  small: {
    adds: 300,
    sequential_adds: 50,
    sites: 7,
    messages: 200,
    logs: 300,
    series: 1,
    rounds: 1,
    warm_up_rounds: 0,
    long_rounds: 1,
  },
  medium: {
    adds: 4000,
    sequential_adds: 1000,
    sites: 100,
    messages: 10_000,
    logs: 20_000,
    series: 20,
    rounds: 5,
    warm_up_rounds: 1,
    long_rounds: 2,
  },
  normal: {
    adds: 40_000,
    sequential_adds: 10_000,
    sites: 100,
    messages: 100_000,
    logs: 200_000,
    series: 50,
    rounds: 5,
    warm_up_rounds: 1,
    long_rounds: 2,
  },
} as const;

/** Concurrent clients, as in DESIGN.md's table. */
const CLIENTS = 64;

function parseSize(text: string): keyof typeof SIZES {
  if (text !== "small" && text !== "medium" && text !== "normal") {
    throw new UsageError(`--size ${text}: must be small, medium or normal`);
  }
  return text;
}

function parseSections(text: string): ReadonlySet<Section> {
  const names = text.split(",");
  const unknown = names.find((name) => !SECTIONS.some((section) => section === name));
  if (unknown !== undefined) {
    throw new UsageError(`--only ${text}: "${unknown}" is none of ${SECTIONS.join(", ")}`);
  }
  return new Set(SECTIONS.filter((section) => names.includes(section)));
}

function parseRounds(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new UsageError(`--rounds ${text}: must be a number from 1 to 9999`);
  }
  return Number(text);
}

function parseMessages(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) {
    throw new UsageError(`--messages ${text}: must be a number from 1 to 9999999`);
  }
  return Number(text);
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        size: { type: "string", default: "normal" },
        only: { type: "string", default: SECTIONS.join(",") },
        rounds: { type: "string" },
        messages: { type: "string" },
        markdown: { type: "boolean", default: false },
        control: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Parses the arguments behind the script's name. Throws UsageError. */
export function parseOptions(args: readonly string[]): Options {
  const values = readArguments(args);
  const size = SIZES[parseSize(values.size)];
  const asked = values.rounds === undefined ? undefined : parseRounds(values.rounds);
  const plan = { rounds: asked ?? size.rounds, warm_up_rounds: size.warm_up_rounds };
  const long_plan = { rounds: asked ?? size.long_rounds };
  const { sites, messages } = size;
  return {
    sections: parseSections(values.only),
    add: { name: "add", clients: CLIENTS, requests: size.adds, sites, ...plan },
    latency: { name: "latency", clients: 1, requests: size.sequential_adds, sites, ...plan },
    send: { messages, ...plan },
    exact: { messages, ...plan },
    wake: { logs: size.logs, series: size.series, ...long_plan },
    rebuild: { messages, sites: sites * 10, ...long_plan },
    queue: {
      messages: values.messages === undefined ? messages : parseMessages(values.messages),
      sites: sites * 10,
      rounds: plan.rounds,
    },
    markdown: values.markdown,
    control: values.control,
  };
}
