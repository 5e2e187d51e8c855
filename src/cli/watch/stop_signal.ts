/**
 * Being told to stop, for all that goes on at the same time: whoever waits, waits no longer.
 */
import type { Clock } from "../../effects/clock.ts";

export class StopSignal {
  readonly #clock: Clock;
  readonly #wakes = new Set<() => void>();
  #isStopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    for (const wake of [...this.#wakes]) {
      wake();
    }
  }

  /** Waits so long, or until it is stopped. */
  async sleep(ms: number): Promise<void> {
    if (this.#isStopped) {
      return;
    }
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        timer.cancel();
        this.#wakes.delete(wake);
        resolve();
      };
      const timer = this.#clock.after(ms, wake);
      this.#wakes.add(wake);
    });
  }

  /** What `work` comes to; null: it was stopped before, and nobody waits for the rest. */
  async orStopped<Result>(work: Promise<Result>): Promise<Result | null> {
    if (this.#isStopped) {
      return null;
    }
    let wake = (): void => {};
    const stopped = new Promise<null>((resolve) => {
      wake = () => resolve(null);
      this.#wakes.add(wake);
    });
    try {
      return await Promise.race([work, stopped]);
    } finally {
      this.#wakes.delete(wake);
    }
  }
}
