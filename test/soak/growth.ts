/**
 * Whether a line is flat: the last third of a run against its first, by their medians.
 *
 * Pure. What comes before the first third that counts is the warm-up: a runtime compiles what it runs often, and fills
 * its heap once.
 */

/** So much of a run is warm-up: one part in ten. */
const WARM_UP_PARTS = 10;

/** What was measured of one thing, a value a second; and by how much its last third may lie above its first. */
export interface Line {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** Times the first third's median, plus so many units: noise, but no leak that would matter in a week. */
  readonly limit: { readonly factor: number; readonly plus: number };
}

/** A line, judged. */
export interface Growth {
  readonly name: string;
  readonly unit: string;
  /** Medians. */
  readonly first: number;
  readonly last: number;
  readonly most: number;
  readonly is_flat: boolean;
}

/** Throws RangeError where there are too few values for three thirds. */
export function judge({ name, unit, values, limit }: Line): Growth {
  const counted = values.slice(Math.floor(values.length / WARM_UP_PARTS));
  const third = Math.floor(counted.length / 3);
  if (third === 0) {
    throw new RangeError(`judge ${name}: ${values.length} values are too few`);
  }
  const first = median(counted.slice(0, third));
  const last = median(counted.slice(-third));
  const most = Math.max(...counted);
  return { name, unit, first, last, most, is_flat: last <= first * limit.factor + limit.plus };
}

/** The middle one; of an even number, the upper one of the two. NaN where there is none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that so many of all values lie below. NaN where there is none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
