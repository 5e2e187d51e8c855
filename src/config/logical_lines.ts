/**
 * Postfix's line syntax: physical lines into logical lines (postconf(5), "main.cf file format").
 *
 * A line that starts with white space continues the one before it. Lines that are empty, blank or
 * whose first visible character is `#` are dropped, also amid a continuation. Line ends vanish, the
 * white space behind them stays. A `#` further to the right is ordinary text, and so is a carriage
 * return. Pure; takes any text and never fails.
 */
import type { Log } from "../effects/log.ts";
import { isBlankAt } from "./blanks.ts";

/** One logical line. */
export interface LogicalLine {
  /** Not empty; white space at its end is kept. */
  readonly text: string;
  /** Where it starts: the first physical line of a file is 1. */
  readonly lineNumber: number;
  /**
   * It starts with white space, though there is no line before it that it could continue: it, with
   * its own continuation lines, is to be warned of and ignored. Only a file's first can be.
   */
  readonly orphan: boolean;
}

/** The logical lines of a file, in order. */
export function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let open: LogicalLine | undefined;
  for (let start = 0, lineNumber = 1; start < text.length; lineNumber++) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    if (!isDropped(text, start, end)) {
      const line = text.slice(start, end);
      const continues = isBlankAt(text, start);
      if (open === undefined) {
        open = { text: line, lineNumber, orphan: continues };
      } else if (continues) {
        open = { ...open, text: open.text + line };
      } else {
        lines.push(open);
        open = { text: line, lineNumber, orphan: false };
      }
    }
    start = end + 1;
  }
  if (open !== undefined) {
    lines.push(open);
  }
  return lines;
}

/** Whether the physical line from `start` to `end` is empty, blank or a comment. */
function isDropped(text: string, start: number, end: number): boolean {
  let index = start;
  while (index < end && isBlankAt(text, index)) {
    index++;
  }
  return index === end || text[index] === "#";
}

/** A logical line that is none of the exceptions. */
export type UsableLine = Omit<LogicalLine, "orphan">;

/** How much of a misplaced line the warning shows, as in the original. */
const SHOWN_CHARACTERS = 30;

/**
 * The logical lines of a file for use: up to their first NUL (Postfix 3.12 warns of it), and without an
 * orphan, which is warned of; `path` is for that.
 */
export function readLogicalLines(path: string, text: string, log: Log): UsableLine[] {
  const lines: UsableLine[] = [];
  for (const { text: whole, lineNumber, orphan } of logicalLines(text)) {
    const usable = { text: untilNul(whole), lineNumber };
    if (orphan) {
      const shown = excerpt(usable.text);
      log.warning(`${path}: logical line must not start with whitespace: "${shown}"`);
    } else {
      lines.push(usable);
    }
  }
  return lines;
}

/** A text up to its first NUL. */
export function untilNul(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

function excerpt(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
}
