/**
 * Long work in slices: works for a few milliseconds, then lets the loop serve whoever is waiting.
 *
 * The budget is measured time, not a count, since one rename costs 5 µs on one machine and 5 ms on
 * another. What is between two calls of `pause` should take well under a millisecond.
 */
import type { Clock } from "../effects/clock.ts";

/**
 * Longest time of a slice. A new client takes two turns of the loop to be served, and no request may
 * wait 10 ms for background work: two slices, and a reserve for a machine that is busy.
 */
const SLICE_MS = 2;

export class Slice {
  readonly #clock: Clock;
  #endMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#endMs = clock.monotonicMs() + SLICE_MS;
  }

  /** Null: go on. Otherwise await it: the slice is used up. */
  pause(): Promise<void> | null {
    if (this.#clock.monotonicMs() < this.#endMs) {
      return null;
    }
    return new Promise((resume) => {
      this.#clock.nextTurn(() => {
        this.#endMs = this.#clock.monotonicMs() + SLICE_MS;
        resume();
      });
    });
  }
}

/** Resolves after a time, as a timer of `clock` does. */
export function delay(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resume) => {
    clock.after(delayMs, resume);
  });
}
