/**
 * What happens in a history, in words: put together only where somebody is going to read them.
 *
 * That is less often than once in a million histories, and would be a quarter of their time. A history can be run
 * again, since it has one outcome.
 */
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
