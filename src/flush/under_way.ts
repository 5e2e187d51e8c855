/**
 * How many entries are gone over at a time, by all who go over a log.
 *
 * Several logs are worked on at once, since one has to wait for second looks; but each is locked until its turn and
 * that of all the others has come so often that it is done. So only small ones share the time, and a large one has
 * it alone: another process's add waits for that log, not for all of them. Pure.
 */

/** What an entry takes at the least: a queue ID and a newline. Only to guess how many a log holds. */
const ENTRY_BYTES = 12;

/** Some milliseconds of work. */
const ENTRIES_MAX = 1000;

/** How many entries a log of that size holds, about. */
export function entriesIn(sizeBytes: number): number {
  return Math.ceil(sizeBytes / ENTRY_BYTES);
}

export class UnderWay {
  #entries = 0;
  #waiting: (() => void)[] = [];

  /** Waits until there is room for so many entries. */
  async begin(entries: number): Promise<void> {
    while (this.#entries + weightOf(entries) > ENTRIES_MAX) {
      await new Promise<void>((goOn) => this.#waiting.push(goOn));
    }
    this.#entries += weightOf(entries);
  }

  /** They are done. */
  end(entries: number): void {
    this.#entries -= weightOf(entries);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const goOn of waiting) {
      goOn();
    }
  }
}

function weightOf(entries: number): number {
  return Math.min(entries, ENTRIES_MAX);
}
