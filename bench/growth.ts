/**
 * How the time for one of many grows with how many they are: what works in one pass takes the same for each,
 * whatever their number. Pure.
 */
import { number, spread } from "./figures.ts";
import type { Table } from "./tables.ts";

/** One series of sizes, the smallest first. */
export interface Growth {
  readonly what: string;
  /** What is counted, such as "message". */
  readonly each: string;
  readonly points: readonly GrowthPoint[];
}

/** At one size: by round, for all of them together, in milliseconds. */
export interface GrowthPoint {
  readonly count: number;
  readonly originalMs: readonly number[];
  readonly oursMs: readonly number[];
}

const US_PER_MS = 1000;

function rowsOf({ what, each, points }: Growth): string[][] {
  const us = (ms: readonly number[], count: number): number =>
    (spread(ms).median * US_PER_MS) / count;
  const [first] = points;
  return points.map(({ count, originalMs, oursMs }) => {
    const [original, ours] = [us(originalMs, count), us(oursMs, count)];
    const times = (value: number, ms: readonly number[] | undefined): string =>
      ms === undefined || first === undefined ? "" : number(value / us(ms, first.count));
    return [
      `${what}, ${count.toLocaleString("en")} ${each}s`,
      number(original),
      number(ours),
      times(original, first?.originalMs),
      times(ours, first?.oursMs),
    ];
  });
}

/** A table of all series. */
export function growthTable(title: string, growths: readonly Growth[]): Table {
  return {
    title,
    head: [
      "what",
      "original, µs each",
      "ours, µs each",
      "original, × the first size",
      "ours, × the first size",
    ],
    rows: growths.flatMap(rowsOf),
  };
}
