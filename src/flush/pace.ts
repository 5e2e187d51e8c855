/**
 * The pace at which mail is released that nobody has asked for: so many messages a second, whatever falls due
 * at once.
 *
 * Counts what was released, not what was looked at, so that logs without mail cost no time. Within one log there
 * is no waiting, since its lock would be held all the while: a log that is larger than the burst goes at once,
 * and the next waits the longer.
 */
import type { Clock } from "../effects/clock.ts";
import { delay } from "./slice.ts";

/**
 * Messages a second. A queue manager delivers some hundred a second where all goes well, and holds 20,000 in
 * its active queue: this keeps it busy without filling that.
 */
const RELEASES_PER_SECOND = 500;

/** Entries that may be under way at once before any of them is counted. */
const BURST = 500;

/** Waits between two looks whether it is time: nobody waits for this. */
const RETRY_MS = 20;

const MS_PER_SECOND = 1000;

export class Pace {
  readonly #clock: Clock;
  #underWay = 0;
  /** When all that was released so far is paid for. */
  #paidMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#paidMs = clock.monotonicMs();
  }

  /** Waits until a log of about so many entries may be sent; false: `shouldStop` said so first. */
  async begin(entries: number, shouldStop: () => boolean): Promise<boolean> {
    while (!this.tryBegin(entries)) {
      await delay(this.#clock, RETRY_MS);
      if (shouldStop()) {
        return false;
      }
    }
    return true;
  }

  /** Whether a log of about so many entries may be sent now. */
  tryBegin(entries: number): boolean {
    const weight = weightOf(entries);
    if (this.#underWay + weight > BURST || this.#clock.monotonicMs() < this.#paidMs) {
      return false;
    }
    this.#underWay += weight;
    return true;
  }

  /** The log has been sent, and so many messages were released. */
  end(entries: number, releasedCount: number): void {
    this.#underWay -= weightOf(entries);
    const costMs = (releasedCount * MS_PER_SECOND) / RELEASES_PER_SECOND;
    this.#paidMs = Math.max(this.#paidMs, this.#clock.monotonicMs()) + costMs;
  }
}

/** A whole number: of fractions, a remainder would be under way for good, and the largest logs not begin any more. */
function weightOf(entries: number): number {
  return Math.min(Math.max(1, Math.ceil(entries)), BURST);
}
