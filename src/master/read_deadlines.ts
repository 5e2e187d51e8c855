/**
 * Ends the wait for clients that don't write: one timer for all of them.
 *
 * All clients have the same limit, so the order in which they were last heard is the order in which
 * they run out of time, and each costs one step however many there are.
 */
import type { Clock } from "../effects/clock.ts";

/** A client that is waited for. */
export interface Waiting {
  timedOut(): void;
}

export class ReadDeadlines {
  readonly #clock: Clock;
  readonly #limitMs: number;
  /** Deadline by client; insertion order is the order of deadlines. */
  readonly #deadlines = new Map<Waiting, number>();
  #timerIsSet = false;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  /** The client has the whole limit from now on. */
  restart(client: Waiting): void {
    this.#deadlines.delete(client);
    this.#deadlines.set(client, this.#clock.monotonicMs() + this.#limitMs);
    this.#setTimer();
  }

  /** Nobody waits for the client any more. */
  cancel(client: Waiting): void {
    this.#deadlines.delete(client);
  }

  #setTimer(): void {
    if (this.#timerIsSet) {
      return;
    }
    for (const deadline of this.#deadlines.values()) {
      this.#timerIsSet = true;
      this.#clock.after(Math.max(0, deadline - this.#clock.monotonicMs()), () => this.#expire());
      return;
    }
  }

  #expire(): void {
    this.#timerIsSet = false;
    const now = this.#clock.monotonicMs();
    for (const [client, deadline] of this.#deadlines) {
      if (deadline > now) {
        break;
      }
      this.#deadlines.delete(client);
      client.timedOut();
    }
    this.#setTimer();
  }
}
