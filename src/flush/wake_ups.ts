/**
 * When a send wakes the queue manager: at its end, and once a second while it is long.
 *
 * Where it releases nothing, there is one wake-up at its end, since the original has one for each log; nobody waits for it.
 * Each wake-up of a send that unthrottles carries `F` before `I` in one write: the queue manager lets
 * the first scan after an `F` override defer_transports, and a lone `I` midway would use that up. Not
 * more often than once a second, since each wake-up starts the scan of incoming again.
 */
import type { Clock } from "../effects/clock.ts";
import type { QueueManager } from "../effects/triggers.ts";

const INTERVAL_MS = 1000;

export class WakeUps {
  readonly #clock: Clock;
  readonly #queueManager: QueueManager;
  readonly #letters: string;
  #lastMs: number;
  #hasWoken = false;
  #isDue = false;
  #isLogSent = false;

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

  /** There is something for the queue manager to find. */
  note(): void {
    this.#isDue = true;
  }

  /** Wakes the queue manager if that is due: to be called between slices, so that no message costs a look at the clock. */
  wakeIfDue(): void {
    if (this.#isDue && this.#sinceLastMs() >= INTERVAL_MS) {
      this.#wake();
    }
  }

  /** The last wake-up, if one is due. A promise: it has to wait for the second to pass. */
  finish(): Promise<void> | null {
    if (!this.#isDue && (this.#hasWoken || !this.#isLogSent)) {
      return null;
    }
    const waitMs = this.#hasWoken ? INTERVAL_MS - this.#sinceLastMs() : 0;
    if (waitMs <= 0) {
      this.#wake();
      return null;
    }
    return new Promise((resolve) => {
      this.#clock.after(waitMs, () => {
        this.#wake();
        resolve();
      });
    });
  }

  #sinceLastMs(): number {
    return this.#clock.monotonicMs() - this.#lastMs;
  }

  #wake(): void {
    this.#queueManager.wake(this.#letters);
    this.#lastMs = this.#clock.monotonicMs();
    this.#hasWoken = true;
    this.#isDue = false;
  }
}
