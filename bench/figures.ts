/**
 * Figures of repeated measurements: median, least, greatest, and ratios of pairs.
 *
 * A ratio is taken within a round, where both sides met the same state of the machine, and only then
 * summed up over the rounds: that is what survives a noisy machine.
 */

/** What is shown of the values of several rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Of at least one value; the median of an even number of values is the mean of the middle two. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}

/** `numerators` over `denominators`, round by round. Throws when the rounds differ in number. */
export function ratios(numerators: readonly number[], denominators: readonly number[]): number[] {
  if (numerators.length !== denominators.length) {
    throw new Error(`take ratios: ${numerators.length} rounds against ${denominators.length}`);
  }
  return numerators.map((value, round) => value / (denominators[round] ?? Number.NaN));
}

/** A figure to be read: no more digits than it is worth. */
export function number(value: number): string {
  // What three digits would round up to a thousand is one.
  return value >= 999.5 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}

/** Median, least and greatest, to be read; one figure where they are the same. */
export function range(values: readonly number[]): string {
  const { median, min, max } = spread(values);
  if (number(min) === number(max)) {
    return number(median);
  }
  return `${number(median)} (${number(min)} to ${number(max)})`;
}
