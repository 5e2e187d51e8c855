/**
 * Lines of the benchmark's tables: the original's figures, ours, their ratio, DESIGN's goal, and whether it is met.
 *
 * A ratio is ours over the original's, round by round. A goal counts as met by the medians; where it is missed, it
 * counts as met too if ours reaches LIMIT_SHARE of the bare C program that makes the same system calls. Pure: nothing
 * is measured here.
 */
import { number, range, ratios, spread } from "./figures.ts";
import type { Table } from "./tables.ts";

/** What DESIGN.md ("Numbers to beat") asks for. */
export interface Goal {
  /** Of what: of the ratio, or of our figure itself. */
  readonly of: "ratio" | "ours";
  readonly bound: "≥" | "≤";
  readonly value: number;
}

/** One comparison; values by round. */
export interface Line {
  readonly what: string;
  readonly unit: string;
  readonly original: readonly number[];
  readonly ours: readonly number[];
  readonly goal?: Goal;
  /** What the same work takes at the least: a bare C program's figures, unless `what` says whose. */
  readonly limit?: readonly number[];
}

/** DESIGN.md, below the table. */
const LIMIT_SHARE = 0.9;

/** A goal for the ratio. */
export function ratioGoal(bound: Goal["bound"], value: number): Goal {
  return { of: "ratio", bound, value };
}

/** A goal for our own figure, in the line's unit. */
export function oursGoal(value: number): Goal {
  return { of: "ours", bound: "≤", value };
}

function median(values: readonly number[]): number {
  return spread(values).median;
}

function goalText({ goal, unit }: Line): string {
  if (goal === undefined) {
    return "";
  }
  return `${goal.bound} ${goal.value} ${goal.of === "ratio" ? "×" : unit}`;
}

/** How near ours comes to the limit: 1 is as good. */
function shareOfLimit({ ours, limit, goal }: Line): number | null {
  if (limit === undefined) {
    return null;
  }
  const share = median(ratios(ours, limit));
  return goal?.bound === "≤" ? 1 / share : share;
}

/** Whether the goal is met: "" without one. */
export function verdict(line: Line): "" | "yes" | "no" | "yes, by the limit" {
  const { goal, original, ours } = line;
  if (goal === undefined) {
    return "";
  }
  const value = median(goal.of === "ratio" ? ratios(ours, original) : ours);
  if (goal.bound === "≥" ? value >= goal.value : value <= goal.value) {
    return "yes";
  }
  return (shareOfLimit(line) ?? 0) >= LIMIT_SHARE ? "yes, by the limit" : "no";
}

function limitText(line: Line): string {
  if (line.limit === undefined) {
    return "";
  }
  const share = median(ratios(line.ours, line.limit));
  return `${number(median(line.limit))} (ours: ${number(share)} ×)`;
}

function cells(line: Line): string[] {
  const { what, unit, original, ours, goal } = line;
  return [
    `${what}, ${unit}`,
    goal?.of === "ours" ? range(original) : number(median(original)),
    goal?.of === "ours" ? range(ours) : number(median(ours)),
    range(ratios(ours, original)),
    goalText(line),
    verdict(line),
    limitText(line),
  ];
}

/** A table of these lines. */
export function lineTable(title: string, lines: readonly Line[]): Table {
  return {
    title,
    head: ["what", "original", "ours", "ratio (least to greatest)", "goal", "met", "limit"],
    rows: lines.map(cells),
  };
}
