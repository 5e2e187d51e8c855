/**
 * Timers in the order in which they are due; those of equal time in the order in which they were set.
 *
 * A sorted list: the service has a handful of them at a time, and each is looked at only when it is due. Knows no clock.
 */
import type { Timer } from "../effects/clock.ts";

interface Entry {
  readonly dueMs: number;
  readonly run: () => void;
}

export class TimerQueue {
  readonly #entries: Entry[] = [];

  /** When the first one is due; null where there is none. */
  nextMs(): number | null {
    return this.#entries[0]?.dueMs ?? null;
  }

  /** Sets a timer. Its `cancel` does nothing once it has run. */
  add(dueMs: number, run: () => void): Timer {
    const entry = { dueMs, run };
    const entries = this.#entries;
    let at = entries.length;
    while (at > 0 && (entries[at - 1]?.dueMs ?? 0) > dueMs) {
      at--;
    }
    entries.splice(at, 0, entry);
    return { cancel: () => this.#remove(entry) };
  }

  /** Runs those that are due at `nowMs`, but for those that are set meanwhile. */
  runDue(nowMs: number): void {
    if (nowMs < (this.nextMs() ?? nowMs)) {
      return;
    }
    for (const entry of this.#entries.filter(({ dueMs }) => dueMs <= nowMs)) {
      if (this.#remove(entry)) {
        entry.run();
      }
    }
  }

  /** False: it has run, or was cancelled. */
  #remove(entry: Entry): boolean {
    const at = this.#entries.indexOf(entry);
    if (at !== -1) {
      this.#entries.splice(at, 1);
    }
    return at !== -1;
  }
}
