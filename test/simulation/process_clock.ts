/**
 * The clock of one process among several: the time is everybody's, the timers are its own.
 *
 * So one process can run while another is inside a system call, and what a dead process asked for never
 * comes.
 */
import type { Clock, Timer } from "../../src/effects/clock.ts";
import type { MemoryClock } from "../../src/memory/clock.ts";

interface PendingTimer {
  readonly dueMs: number;
  readonly run: () => void;
}

export class ProcessClock implements Clock {
  readonly #time: MemoryClock;
  readonly #costMs: number;
  /** In order of setting. */
  #timers: PendingTimer[] = [];
  readonly #turns: (() => void)[] = [];

  /** `costMs`: what each look at `monotonicMs` takes. */
  constructor(time: MemoryClock, costMs: number) {
    this.#time = time;
    this.#costMs = costMs;
  }

  /** How many callbacks wait. */
  get pendingCount(): number {
    return this.#timers.length + this.#turns.length;
  }

  /** When the next one is due, in the time of all; infinite: none waits. */
  get nextDueMs(): number {
    return this.#turns.length > 0
      ? this.#time.monotonicMs()
      : Math.min(...this.#timers.map(({ dueMs }) => dueMs));
  }

  wallMs(): number {
    return this.#time.wallMs();
  }

  monotonicMs(): number {
    this.#time.advance(this.#costMs);
    return this.#time.monotonicMs();
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { dueMs: this.#time.monotonicMs() + Math.max(0, delayMs), run };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((each) => each !== timer);
      },
    };
  }

  nextTurn(run: () => void): void {
    this.#turns.push(run);
  }

  /** Takes out what is due first; undefined: nothing is due now. */
  takeNext(): (() => void) | undefined {
    const nowMs = this.#time.monotonicMs();
    const due = this.#timers
      .filter(({ dueMs }) => dueMs <= nowMs)
      .reduce<PendingTimer | null>(
        (first, each) => (first !== null && first.dueMs <= each.dueMs ? first : each),
        null,
      );
    if (due === null) {
      return this.#turns.shift();
    }
    this.#timers = this.#timers.filter((timer) => timer !== due);
    return due.run;
  }
}
