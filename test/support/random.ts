/**
 * Seeded random choices, the same everywhere for the same seed.
 */

/** A whole number from 0 to below `below`. */
export type Random = (below: number) => number;

/** mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One of several. */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[random(items.length)];
  if (item === undefined) {
    throw new RangeError("pick: nothing to pick from");
  }
  return item;
}

/** True once in `times`. */
export function oneIn(random: Random, times: number): boolean {
  return random(times) === 0;
}
