/**
 * Time: what the wall says, how long something took, and calling back later.
 *
 * Wall time can jump; durations and budgets go by `monotonicMs`. Timers never fire inside the call
 * that sets them. The twin in memory is driven by hand.
 */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  wallMs(): number;
  /** Milliseconds since some fixed point; never goes back. Fractions are meaningful. */
  monotonicMs(): number;
  /** Calls `run` once, not before `delayMs` milliseconds have passed. */
  after(delayMs: number, run: () => void): Timer;
  /** Calls `run` once, after the input that is ready now has been handled. */
  nextTurn(run: () => void): void;
}

/** The wall clock in whole seconds, as time(2) gives it and as utime(2) takes it. */
export function wallSeconds(clock: Clock): number {
  return Math.floor(clock.wallMs() / 1000);
}
