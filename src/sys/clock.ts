/**
 * The clock for real: effects/clock.ts over Bun's timers.
 *
 * `wallMs` and `after` go by whole milliseconds: a wait is at least as long as asked for, and at least one
 * millisecond, but for waits of more than 24 days, which end then. `nextTurn` is setImmediate: Bun's loop looks at its
 * sockets between two turns, so that work that goes on turn after turn starves nobody (clock_test.ts tries it). The
 * service's clock is its own loop: event_loop.ts.
 */
import type { Clock, Timer } from "../effects/clock.ts";

/** The longest wait of a timer; a longer one would be over at once. */
const DELAY_MS_MAX = 2 ** 31 - 1;

const MICROSECONDS_PER_MS = 1000;

/** The system's clocks and the event loop's timers. */
export function createClock(): Clock {
  return {
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    after: (delayMs: number, run: () => void): Timer => {
      // Bun drops the fraction: 1.9 would be over after 1.
      const timer = setTimeout(run, Math.min(Math.ceil(delayMs), DELAY_MS_MAX));
      return { cancel: () => clearTimeout(timer) };
    },
    nextTurn: (run: () => void): void => {
      setImmediate(run);
    },
  };
}

/** How long processors have worked for this process, its threads included. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS_PER_MS;
}
