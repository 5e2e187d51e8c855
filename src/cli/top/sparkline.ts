/**
 * Counts as a line of small columns, in one line of text. Pure.
 */

const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/** The same in characters that every terminal has: the more ink, the more. */
const ASCII_BARS = [".", ":", "-", "=", "+", "*", "#", "@"];
const NONE = " ";

/** A change by less than this share of the most is no trend. */
const STEADY_SHARE = 0.1;

/**
 * The last `width` counts, from the least to the most of them; half as high where they hardly change. 0 is blank, and so is
 * what is not known.
 */
export function sparkline(counts: readonly number[], width: number, isAscii: boolean): string {
  const shown = width > 0 ? counts.slice(-width) : [];
  const most = Math.max(...shown);
  const least = Math.min(...shown);
  const range = most - least;
  const bars = isAscii ? ASCII_BARS : BARS;
  const shareOf = (count: number): number =>
    range < most * STEADY_SHARE ? 1 / 2 : (count - least) / range;
  const barOf = (count: number): string =>
    count === 0 ? NONE : (bars[Math.floor(shareOf(count) * (bars.length - 1))] ?? NONE);
  return shown.map(barOf).join("").padStart(width, NONE);
}
