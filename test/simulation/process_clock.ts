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
  readonly #timers = new Set<PendingTimer>();
  readonly #turns: (() => void)[] = [];

  /** `costMs`: what each look at `monotonicMs` takes. */
  constructor(time: MemoryClock, costMs: number) {
    this.#time = time;
    this.#costMs = costMs;
  }

  /** How many callbacks wait. */
  get pendingCount(): number {
    return this.#timers.size + this.#turns.length;
  }

  /** When the next one is due, in the time of all; infinite: none waits. */
  get nextDueMs(): number {
    return this.#turns.length > 0
      ? this.#time.monotonicMs()
      : (this.#firstTimer()?.dueMs ?? Number.POSITIVE_INFINITY);
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
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  nextTurn(run: () => void): void {
    this.#turns.push(run);
  }

  /** Takes out what is due first; undefined: nothing is due now. */
  takeNext(): (() => void) | undefined {
    const first = this.#firstTimer();
    if (first === null || first.dueMs > this.#time.monotonicMs()) {
      return this.#turns.shift();
    }
    this.#timers.delete(first);
    return first.run;
  }

  /** The one that is due first; of several, the one that was set first. */
  #firstTimer(): PendingTimer | null {
    let first: PendingTimer | null = null;
    for (const timer of this.#timers) {
      if (first === null || timer.dueMs < first.dueMs) {
        first = timer;
      }
    }
    return first;
  }
}
