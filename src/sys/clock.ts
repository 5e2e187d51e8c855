/**
 * The clock for real: effects/clock.ts over Bun's timers.
 *
 * `wallMs` has whole milliseconds. `nextTurn` is setImmediate: the event loop looks at its sockets between
 * two turns, so that work that goes on turn after turn starves no client (clock_test.ts tries it).
 */
import type { Clock, Timer } from "../effects/clock.ts";

/** The system's clocks and the event loop's timers. */
export function createClock(): Clock {
  return {
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    after: (delayMs: number, run: () => void): Timer => {
      const timer = setTimeout(run, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
    nextTurn: (run: () => void): void => {
      setImmediate(run);
    },
  };
}
