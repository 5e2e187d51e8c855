/**
 * Who shows a long deferred queue by destination, and how fast: qshape(1), postqueue(1) and ours as whole commands,
 * and a bare C program that makes the index's system calls. How, says views.ts.
 */
import { number, range, spread } from "../figures.ts";
import { type Line, ratioGoal } from "../lines.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import type { Table } from "../tables.ts";
import { playViews, VIEW, type ViewTimes } from "../views.ts";

const MESSAGES: Readonly<Record<SizeName, number>> = {
  small: 200,
  medium: 10_000,
  normal: 100_000,
  large: 1_000_000,
};

const SITES = 1000;

/**
 * Ours, the bare program that does the same, and the goals beside qshape and postqueue: DESIGN's 1 s with nothing kept, and
 * 50 ms after retries, as shares of the 5.1 s and 3.8 s that those two took where it was written.
 */
const COMPARED: ReadonlyArray<
  readonly [ours: string, bare: string, goals: readonly [number, number] | null]
> = [
  [VIEW.cold, VIEW.readBare, [0.2, 0.26]],
  [VIEW.changed, VIEW.changedBare, [0.01, 0.013]],
  [VIEW.unchanged, VIEW.lookBare, null],
];

const OTHERS = [VIEW.qshape, VIEW.postqueue];

function linesOf(times: ViewTimes): Line[] {
  const seconds = (title: string): number[] => (times.get(title) ?? []).map((turn) => turn.seconds);
  return COMPARED.flatMap(([ours, bare, goals]) =>
    OTHERS.map((other, index): Line => {
      const goal = goals?.[index];
      return {
        what: `${ours} (original: ${other})`,
        unit: "s",
        original: seconds(other),
        ours: seconds(ours),
        limit: seconds(bare),
        ...(goal !== undefined && { goal: ratioGoal("≤", goal) }),
      };
    }),
  );
}

/** All turns, and what they took of the processor. */
function viewTable(times: ViewTimes, messages: number): Table {
  const median = (figures: readonly number[]): string =>
    figures.length === 0 ? "" : number(spread(figures).median);
  return {
    title: `${messages.toLocaleString("en")} deferred messages, shown by destination`,
    head: ["what", "seconds", "processor seconds", "MB at the highest"],
    rows: [...times].map(([title, turns]) => [
      title,
      range(turns.map((turn) => turn.seconds)),
      median(turns.map((turn) => turn.cpu_seconds)),
      median(turns.flatMap((turn) => turn.peak_mb ?? [])),
    ]),
  };
}

/** Runs the section. */
export async function measureQueue(bench: Bench): Promise<Findings> {
  const messages = MESSAGES[bench.size];
  const times = await playViews(bench, { messages, sites: SITES });
  return { lines: linesOf(times), tables: [viewTable(times, messages)] };
}
