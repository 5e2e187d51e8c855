/**
 * What an instance's log holds against a measurement: warnings and worse, of Postfix or of a contestant.
 *
 * That lines were left out is none: our service never waits for the log, and on a busy machine the log may be slow.
 */
import type { Maillog } from "../lab/maillog.ts";

const COMPLAINT = /^(?:warning|error|fatal|panic): /;
const LINES_LEFT_OUT = /^warning: \d+ log lines dropped: /;

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
      .filter((line) => COMPLAINT.test(line.text) && !LINES_LEFT_OUT.test(line.text))
      .map((line) => `${line.tag}: ${line.text}`);
  }
}
