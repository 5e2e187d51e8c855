/**
 * What happens in a history, in words: put together only where somebody is going to read them.
 *
 * Hardly any history's trace is read, and one that fails can be run again, since it has one outcome.
 */

/** How much is told of a history. */
export interface Telling {
  readonly isTraced: boolean;
}

export class Trace {
  /** Step by step and call by call; empty where nobody reads it. */
  readonly lines: string[] = [];
  readonly #isRead: boolean;

  constructor(isRead: boolean) {
    this.#isRead = isRead;
  }

  /** Adds a line. */
  tell(what: () => string): void {
    if (this.#isRead) {
      this.lines.push(what());
    }
  }
}
