/**
 * How long a watch waits between two tries. Pure.
 *
 * A destination that was down for a minute is mostly back soon; one that was down for a day, hardly the next minute. So
 * the waits grow, up to a ceiling, and are cut by some chance, lest all that watch one relay try it at the same moment.
 */

/** Two tries a minute at most: less than any monitoring asks of a mail server. */
export const FIRST_WAIT_SECONDS = 30;

/** Whoever is back waits no longer than this for its mail; six tries an hour are nothing to anybody. */
export const CEILING_SECONDS = 10 * 60;

/** From the first wait to the ceiling in eight tries, some 25 minutes. */
const GROWTH = 1.5;

/** So much of a wait, at most, is left to chance. */
const CHANCE_SHARE = 0.2;

/** The first wait, and the longest. */
export interface RetryPace {
  readonly firstMs: number;
  readonly ceilingMs: number;
}

/** How long to wait behind so many tries, from 1 on; `chance` is from 0 to less than 1. Never above the ceiling. */
export function waitMsAfter(
  tries: number,
  { firstMs, ceilingMs }: RetryPace,
  chance: number,
): number {
  const grown = firstMs * GROWTH ** (tries - 1);
  return Math.round(Math.min(grown, ceilingMs) * (1 - CHANCE_SHARE * chance));
}
