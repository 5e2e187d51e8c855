/**
 * Counts as a line of small columns, in one line of text. Pure.
 */

const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/** The same in characters that every terminal has: the more ink, the more. */
const ASCII_BARS = [".", ":", "-", "=", "+", "*", "#", "@"];
const NONE = " ";

/** The last `width` counts, in shares of the largest of them; 0 is blank. What is not known is blank too. */
export function sparkline(counts: readonly number[], width: number, isAscii: boolean): string {
  const shown = width > 0 ? counts.slice(-width) : [];
  const most = Math.max(...shown, 1);
  const bars = isAscii ? ASCII_BARS : BARS;
  const line = shown.map((count) => bars[Math.ceil((count / most) * bars.length) - 1] ?? NONE);
  return line.join("").padStart(width, NONE);
}
