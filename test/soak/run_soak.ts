/**
 * Runs a soak: a mixed load on the real service under a real master(8), with a look at its process each second.
 *
 * One process serves from beginning to end, so that what it loses adds up. The original, under the same master(8),
 * gets an add now and then: what that takes is the measure of the machine at that moment.
 */
import { readdirSync, readFileSync } from "node:fs";
import { withPlainInstance } from "../postfix/plain_instance.ts";
import { randomFrom } from "../support/random.ts";
import { type Line, median, quantile } from "./growth.ts";
import type { Deed } from "./hour.ts";
import { type Latencies, SoakLoad, type SoakPlan } from "./soak_load.ts";

const OURS = "flush";
const ORIGINAL = "original";

/** Except of clients who hang up within a request: some do. */
const COMPLAINT = /^(warning|error|fatal|panic): (?!.*end-of-input)/;

const LOOK_MS = 1000;
const KIBI = 1024;

/** What one second showed. NaN: nothing was measured. */
export interface Sample {
  readonly processes: readonly number[];
  readonly pss_mib: number;
  readonly descriptors: number;
  readonly add_median_ms: number;
  readonly add_p99_ms: number;
  readonly original_median_ms: number;
  readonly original_p99_ms: number;
}

/** A whole run. */
export interface Soak {
  readonly samples: readonly Sample[];
  readonly done: ReadonlyMap<Deed, number>;
  readonly failed: readonly string[];
  /** Warnings and worse that the service logged, each text once. */
  readonly complaints: readonly string[];
}

/** How it goes. */
interface SoakOptions extends Pick<SoakPlan, "duration_ms" | "speed" | "messages"> {
  readonly seed: number;
}

/** Runs it once. */
export async function runSoak({ seed, ...options }: SoakOptions): Promise<Soak> {
  const entry = { chroot: true, wakeup: "0", args: ["-o", "max_use=10000000"] };
  const entries = [
    { ...entry, service: OURS, command: "fastflush/flush" } as const,
    { ...entry, service: ORIGINAL, command: "flush" } as const,
  ];
  return await withPlainInstance({ entries, main: {} }, async (instance) => {
    const plan = { ...options, ours: OURS, original: ORIGINAL };
    const load = new SoakLoad(instance, randomFrom(seed), plan);
    const mark = instance.log.mark();
    const samples: Sample[] = [];
    const looking = setInterval(() => {
      samples.push(look(instance.flushPids("fastflush/flush"), load.takeLatencies()));
    }, LOOK_MS);
    try {
      await load.run();
    } finally {
      clearInterval(looking);
    }
    const texts = instance.log.linesSince(mark).map(({ text }) => text);
    const complaints = texts.filter((text) => COMPLAINT.test(text));
    const { done, failed } = load;
    return { samples, done, failed, complaints: [...new Set(complaints)] };
  });
}

function look(pids: readonly number[], { ours_ms, original_ms }: Latencies): Sample {
  return {
    processes: pids,
    pss_mib: sum(pids.map(pssOf)),
    descriptors: sum(pids.map((pid) => readdirSync(`/proc/${pid}/fd`).length)),
    add_median_ms: median(ours_ms),
    add_p99_ms: quantile(ours_ms, 0.99),
    original_median_ms: median(original_ms),
    original_p99_ms: quantile(original_ms, 0.99),
  };
}

/** Its own memory, and its share of what others use too (proc(5), smaps_rollup). */
function pssOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? Number.NaN) / KIBI;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** What has to be flat. Latency is counted in adds of the original, since the machine is shared. */
export function linesOf(samples: readonly Sample[]): Line[] {
  const ratios = samples.map(({ add_median_ms, original_median_ms }) => {
    return add_median_ms / original_median_ms;
  });
  return [
    {
      name: "memory (Pss)",
      unit: "MiB",
      values: samples.map(({ pss_mib }) => pss_mib),
      limit: { factor: 1.05, plus: 2 },
    },
    {
      name: "descriptors",
      unit: "",
      values: samples.map(({ descriptors }) => descriptors),
      limit: { factor: 1, plus: 2 },
    },
    {
      name: "median add, in the original's",
      unit: "",
      values: ratios.filter(Number.isFinite),
      limit: { factor: 1.3, plus: 0.1 },
    },
  ];
}
