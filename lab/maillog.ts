/**
 * An instance's maillog, as its postlogd(8) writes it.
 *
 * Lines are read from a mark on, so that a test sees only what came of what it did. A last line that is
 * not yet complete is left for the next reading.
 */
import { existsSync, readFileSync, statSync } from "node:fs";

/** One line of the log, taken apart: `Mon dd HH:MM:SS HOST TAG[PID]: TEXT`. */
export interface LogLine {
  /** As written: month, day and local time, 15 characters. */
  readonly time: string;
  /** Such as `postfix/flush`. */
  readonly tag: string;
  readonly pid: number;
  readonly text: string;
}

const LINE = /^(.{15}) \S+ (\S+)\[(\d+)\]: (.*)$/;

function parseLine(line: string): LogLine {
  const match = LINE.exec(line);
  if (match === null) {
    throw new Error(`read the maillog: not a line of Postfix's: "${line}"`);
  }
  const [, time = "", tag = "", pid, text = ""] = match;
  return { time, tag, pid: Number(pid), text };
}

/** The log in one file; it need not exist yet. */
export class Maillog {
  constructor(readonly path: string) {}

  /** The present end of the log, for `linesSince`. */
  mark(): number {
    return existsSync(this.path) ? statSync(this.path).size : 0;
  }

  /** The complete lines behind `mark` (0: all). */
  linesSince(mark: number): LogLine[] {
    return this.#text(mark).slice(0, -1).map(parseLine);
  }

  /** The last `count` lines, as they are. */
  tail(count: number): string {
    return this.#text(0)
      .slice(-1 - count)
      .join("\n");
  }

  #text(mark: number): string[] {
    const bytes = existsSync(this.path) ? readFileSync(this.path) : Buffer.alloc(0);
    return bytes.subarray(mark).toString("utf8").split("\n");
  }
}
