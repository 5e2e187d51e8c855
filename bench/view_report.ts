/**
 * The table of who shows a long deferred queue, and how fast: each against qshape(1), postqueue(1) and the bare C program.
 *
 * Ratios are taken round by round. No goal is judged here.
 */
import { number, range, ratios, spread } from "./figures.ts";
import { VIEW, type ViewTimes, type ViewTurn } from "./queue_views.ts";
import type { Table } from "./tables.ts";

/** DESIGN.md's line, as shares of qshape and postqueue, and what does the same in C. */
const GOALS: Readonly<Record<string, readonly [goal: string, bare: string]>> = {
  [VIEW.cold]: ["≤ 0.2 / ≤ 0.26", VIEW.readBare],
  [VIEW.changed]: ["≤ 0.01 / ≤ 0.013", VIEW.lookBare],
  [VIEW.unchanged]: ["", VIEW.lookBare],
};

/** A table of all turns. */
export function viewTable(times: ViewTimes, messages: number): Table {
  const seconds = (title: string): number[] => (times.get(title) ?? []).map((turn) => turn.seconds);
  const median = (turns: readonly ViewTurn[], pick: (turn: ViewTurn) => number): string =>
    number(spread(turns.map(pick)).median);
  return {
    title: `${messages} deferred messages, shown by destination (ratio: median, least, greatest)`,
    head: [
      "what",
      "seconds",
      "processor seconds",
      "MB at the highest",
      "/ qshape",
      "/ postqueue -j",
      "goal",
      "/ bare C, 1 thread",
    ],
    rows: [...times].map(([title, turns]) => {
      const [goal = "", bare] = GOALS[title] ?? [];
      return [
        title,
        range(turns.map((turn) => turn.seconds)),
        median(turns, (turn) => turn.cpu_seconds),
        // What starts a small program counts as its memory.
        title in GOALS ? median(turns, (turn) => turn.peak_mb) : "",
        range(ratios(seconds(title), seconds(VIEW.qshape))),
        range(ratios(seconds(title), seconds(VIEW.postqueue))),
        goal,
        bare === undefined ? "" : range(ratios(seconds(title), seconds(bare))),
      ];
    }),
  };
}
