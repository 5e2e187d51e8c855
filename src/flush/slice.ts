/**
 * Long work in slices: works for a short time, then lets the loop serve whoever is waiting.
 *
 * The budget is measured time, not a count, since one rename costs 5 µs on one machine and 5 ms on
 * another. What is between two calls of `pause` should take well under a millisecond. Several who work in
 * turns may share a slice; they share its budget. Those who find it used up stand in line, and go on one after the
 * other: all at once, hundreds of them would each do a step before any of them looks at the clock.
 */
import type { Clock } from "../effects/clock.ts";

/**
 * Longest time of a slice. A new client takes two turns of the loop to be served, and no request may
 * wait 10 ms for work: two slices, and a reserve for a machine that is busy. A turn in which nobody waits takes 3 µs,
 * so that shorter ones would not cost much either.
 */
const SLICE_MS = 0.5;

/** Longest time of a slice that a rest follows: timers know whole milliseconds, so that shorter ones would rest too long. */
const SLICE_WITH_REST_MS = 2;

/**
 * Rest behind each slice of work that nobody waits for: it takes at most a quarter of a processor's time, and
 * leaves the disk to others as well.
 */
export const BACKGROUND_REST_MS = 6;

/**
 * How many promises lie between one who goes on and its next call of `pause`, at the most: until then the next in line
 * waits. Of a step that has more of them, the rest falls into the next one's time: two steps may come together then, not
 * hundreds.
 */
const PROMISES_OF_A_STEP = 4;

export class Slice {
  readonly #clock: Clock;
  readonly #restMs: number;
  readonly #workMs: number;
  #endMs: number;
  /** Those who found the slice used up, or others in line, in the order in which they came. */
  readonly #line: (() => void)[] = [];
  /** Those who hold nothing yet, behind all in `#line`. */
  readonly #beginners: (() => void)[] = [];
  #isPausing = false;
  /** Nobody has worked in this slice yet: whoever comes first may, however late it is, or nobody ever would. */
  #isFresh = true;

  /** `restMs`: how long a pause lasts; 0: until others have had their turn. */
  constructor(clock: Clock, restMs = 0) {
    this.#clock = clock;
    this.#restMs = restMs;
    this.#workMs = restMs > 0 ? SLICE_WITH_REST_MS : SLICE_MS;
    this.#endMs = clock.monotonicMs() + this.#workMs;
  }

  /**
   * Null: go on. Otherwise await it, and go on then. Who shares the slice with others must not await null as well: all who
   * ask before any of them has worked find time.
   */
  pause(): Promise<void> | null {
    return this.#line.length === 0 && this.#hasTime() ? null : this.#waitIn(this.#line);
  }

  /**
   * The same for whoever is about to lock a log: those who have locked theirs go first. Taken from step to step all together,
   * the logs of a walk stay locked for longer, and all wait for their second looks at the same time, in which nothing is
   * done: a third of a purge, measured.
   */
  pauseToBegin(): Promise<void> | null {
    const isFirst = this.#line.length === 0 && this.#beginners.length === 0;
    return isFirst && this.#hasTime() ? null : this.#waitIn(this.#beginners);
  }

  #waitIn(line: (() => void)[]): Promise<void> {
    return new Promise((goOn) => {
      line.push(goOn);
      if (!this.#isPausing) {
        this.#isPausing = true;
        void this.#pauseUntilNobodyWaits();
      }
    });
  }

  get #isAwaited(): boolean {
    return this.#line.length > 0 || this.#beginners.length > 0;
  }

  #hasTime(): boolean {
    const hasTime = this.#isFresh || this.#clock.monotonicMs() < this.#endMs;
    this.#isFresh = false;
    return hasTime;
  }

  async #pauseUntilNobodyWaits(): Promise<void> {
    while (this.#isAwaited) {
      await (this.#restMs > 0 ? delay(this.#clock, this.#restMs) : nextTurn(this.#clock));
      this.#endMs = this.#clock.monotonicMs() + this.#workMs;
      this.#isFresh = true;
      while (this.#isAwaited && this.#hasTime()) {
        (this.#line.shift() ?? this.#beginners.shift())?.();
        for (let promises = 0; promises < PROMISES_OF_A_STEP; promises++) {
          await null;
        }
      }
    }
    this.#isPausing = false;
  }
}

/** Resolves after a time, as a timer of `clock` does. */
export function delay(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resume) => {
    clock.after(delayMs, resume);
  });
}

function nextTurn(clock: Clock): Promise<void> {
  return new Promise((resume) => {
    clock.nextTurn(resume);
  });
}
