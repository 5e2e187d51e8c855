/**
 * What an instance's log holds against a measurement: warnings and worse, of Postfix or of a contestant.
 */
import type { Maillog } from "../lab/maillog.ts";

export class Complaints {
  readonly #log: Maillog;
  /** Up to here they have been taken. */
  #mark = 0;

  constructor(log: Maillog) {
    this.#log = log;
  }

  /** Those since the last call; none when all went well. */
  take(): string[] {
    const mark = this.#mark;
    this.#mark = this.#log.mark();
    return this.#log
      .linesSince(mark)
      .filter((line) => /^(?:warning|error|fatal|panic): /.test(line.text))
      .map((line) => `${line.tag}: ${line.text}`);
  }
}
