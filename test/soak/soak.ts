/**
 * `npm run soak`: an hour's load in ten minutes, a plot of it in docs/soak.svg, and a verdict: status 1 where a line
 * is not flat, an answer was not OK, or the service complained.
 *
 *   bun test/soak/soak.ts [--minutes N] [--speed N] [--seed N]
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Growth, judge } from "./growth.ts";
import { type Panel, plot } from "./plot.ts";
import { linesOf, runSoak, type Sample, type Soak } from "./run_soak.ts";

const PICTURE = join(import.meta.dir, "../../docs/soak.svg");

const MINUTE_MS = 60 * 1000;

/** Half of them are in the record at any moment. */
const MESSAGES = 5000;

const BLUE = "#1f5fa8";
const BROWN = "#a07040";

/** The panels of the plot. */
export function panelsOf(samples: readonly Sample[], growths: readonly Growth[]): Panel[] {
  const note = (index: number): string => {
    const { first = 0, last = 0 } = growths[index] ?? {};
    return `median of the first third ${round(first)}, of the last third ${round(last)}`;
  };
  const lineOf = (name: string, colour: string, pick: (sample: Sample) => number) => {
    return { name, colour, values: samples.map(pick) };
  };
  return [
    {
      title: "Memory of the service (Pss)",
      unit: "MiB",
      note: note(0),
      lines: [lineOf("ours", BLUE, ({ pss_mib }) => pss_mib)],
    },
    {
      title: "Descriptors of the service",
      unit: "open at that moment",
      note: note(1),
      lines: [lineOf("ours", BLUE, ({ descriptors }) => descriptors)],
    },
    {
      title: "An add, from connecting to its answer: median of each second",
      unit: "ms",
      note: `ours / original: ${note(2)}`,
      lines: [
        lineOf("ours", BLUE, ({ add_median_ms }) => add_median_ms),
        lineOf("the original", BROWN, ({ original_median_ms }) => original_median_ms),
      ],
    },
    {
      title: "The same: 99th of 100 in each second",
      unit: "ms",
      note: "both in the same seconds on the same machine: what others do there shows in both",
      lines: [
        lineOf("ours", BLUE, ({ add_p99_ms }) => add_p99_ms),
        lineOf("the original", BROWN, ({ original_p99_ms }) => original_p99_ms),
      ],
    },
  ];
}

function round(value: number): string {
  return value.toPrecision(3);
}

/** Prints what there was; whether all is well. */
function tell({ samples, done, failed, complaints }: Soak, growths: readonly Growth[]): boolean {
  const pids = new Set(samples.flatMap(({ processes }) => processes));
  console.log("done:", Object.fromEntries(done));
  console.log(`${samples.length} looks, ${pids.size} process(es)`);
  for (const { name, unit, first, last, most, is_flat } of growths) {
    const figures = `first third ${round(first)}, last third ${round(last)}, most ${round(most)}`;
    console.log(`${is_flat ? "flat" : "NOT FLAT"}: ${name}: ${figures} ${unit}`);
  }
  for (const line of [...failed, ...complaints]) {
    console.log(`WRONG: ${line}`);
  }
  const is_quiet = failed.length === 0 && complaints.length === 0;
  return is_quiet && pids.size === 1 && growths.every(({ is_flat }) => is_flat);
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "10" },
      speed: { type: "string", default: "6" },
      seed: { type: "string", default: "1" },
    },
  });
  const soak = await runSoak({
    duration_ms: Number(values.minutes) * MINUTE_MS,
    speed: Number(values.speed),
    messages: MESSAGES,
    seed: Number(values.seed),
  });
  const growths = linesOf(soak.samples).map(judge);
  const adds = (soak.done.get("add") ?? 0).toLocaleString("en");
  const title = "fastflush's flush service under an hour's mixed load";
  const facts = `${adds} adds, and sends, refreshes, purges, reports, clients that hang up: one process, ${values.speed} times as fast as in a busy hour`;
  writeFileSync(PICTURE, plot(title, facts, panelsOf(soak.samples, growths)));
  return tell(soak, growths) ? 0 : 1;
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2));
}
