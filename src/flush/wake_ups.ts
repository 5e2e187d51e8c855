/**
 * When a send wakes the queue manager: at its end, and once a second while it is long.
 *
 * Where it releases nothing, there is one wake-up at its end, since the original has one for each log; nobody waits for it.
 * Each wake-up of a send that unthrottles carries `F` before `I` in one write: the queue manager lets
 * the first scan after an `F` override defer_transports, and a lone `I` midway would use that up. Not
 * more often than once a second, since each wake-up starts the scan of incoming again.
 */
import type { Clock, Timer } from "../effects/clock.ts";
import type { QueueManager } from "../effects/triggers.ts";

const INTERVAL_MS = 1000;

export class WakeUps {
  readonly #clock: Clock;
  readonly #queueManager: QueueManager;
  readonly #letters: string;
  #lastMs: number;
  #hasWoken = false;
  /** The next wake-up, where there is something to find. */
  #next: Timer | null = null;
  #isLogSent = false;
  #afterLast: (() => void) | null = null;

  constructor(clock: Clock, queueManager: QueueManager, letters: "I" | "FI") {
    this.#clock = clock;
    this.#queueManager = queueManager;
    this.#letters = letters;
    this.#lastMs = clock.monotonicMs();
  }

  /** A log with entries was sent, whatever came of them. */
  noteLog(): void {
    this.#isLogSent = true;
  }

  /**
   * There is something for the queue manager to find. A timer tells it so: a send may be held up for long between two
   * messages, by its pace or by a lock, and a look at the clock for each of them would cost more.
   */
  note(): void {
    this.#next ??= this.#clock.after(
      this.#lastMs + INTERVAL_MS - this.#clock.monotonicMs(),
      this.#wake,
    );
  }

  /** The last wake-up, if one is due. A promise: it has to wait for the second to pass. */
  finish(): Promise<void> | null {
    if (this.#hasWoken) {
      return this.#next === null ? null : new Promise((resolve) => (this.#afterLast = resolve));
    }
    if (this.#next !== null || this.#isLogSent) {
      this.#next?.cancel();
      this.#wake();
    }
    return null;
  }

  readonly #wake = (): void => {
    this.#queueManager.wake(this.#letters);
    this.#lastMs = this.#clock.monotonicMs();
    this.#hasWoken = true;
    this.#next = null;
    this.#afterLast?.();
  };
}
