/**
 * How long one add takes after the other, on one processor: see processors.ts why.
 */
import { type AddPlan, playAdds } from "../add_turns.ts";
import { ORIGINAL_STOCK, OURS_RECOMMENDED } from "../contestants.ts";
import { type Line, ratioGoal } from "../lines.ts";
import type { LoadReport } from "../load_generator.ts";
import { onOneProcessor } from "../processors.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import { BARE_WITH_RECORD, targetOf, withBareServers } from "../targets.ts";

/** In one turn. */
const REQUESTS: Readonly<Record<SizeName, number>> = {
  small: 50,
  medium: 2000,
  normal: 10_000,
  large: 40_000,
};

const SITES = 100;

const GOAL = ratioGoal("≤", 1.1);

const FIGURES: ReadonlyArray<
  readonly [what: string, pick: (report: LoadReport) => number, goal: typeof GOAL | null]
> = [
  ["median", ({ p50_us }) => p50_us, GOAL],
  ["99 of 100", ({ p99_us }) => p99_us, null],
  ["slowest", ({ max_us }) => max_us, null],
];

/** Runs the section. */
export async function measureLatency(bench: Bench): Promise<Findings> {
  const { arena } = bench;
  const plan: AddPlan = {
    name: "latency",
    clients: 1,
    requests: REQUESTS[bench.size],
    sites: SITES,
  };
  const results = await withBareServers(arena, async ([recorder]) => {
    const contestants = [ORIGINAL_STOCK, OURS_RECOMMENDED].map((each) => targetOf(arena, each));
    const targets = recorder === undefined ? contestants : [...contestants, recorder];
    return await onOneProcessor(arena.folder, () => playAdds(bench, targets, plan));
  });
  const lines = FIGURES.map(([what, pick, goal]): Line => {
    return {
      what: `add alone, ${what}`,
      unit: "µs",
      original: results.values(ORIGINAL_STOCK, pick),
      ours: results.values(OURS_RECOMMENDED, pick),
      limit: results.values(BARE_WITH_RECORD, pick),
      ...(goal !== null && { goal }),
    };
  });
  return { lines };
}
