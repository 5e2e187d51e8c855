/**
 * Reads the logical lines of a lookup table's source file.
 *
 * A line that starts with white space continues the one before (postmap(1)). Empty lines and comments,
 * also those in the middle of a continued line, are dropped. What follows a NUL is dropped, as in
 * Postfix up to 3.11; 3.12 warns of it.
 */
import type { Log } from "../effects/log.ts";
import { SPACE } from "./tokens.ts";

/** A line with those that continue it. */
export interface LogicalLine {
  readonly text: string;
  /** Where it begins, counted from 1. */
  readonly lineNumber: number;
}

const IGNORED_LINE = new RegExp(`^[${SPACE}]*(#|$)`);
const STARTS_WITH_SPACE = new RegExp(`^[${SPACE}]`);

/** How much of a bad line a warning shows. */
const SHOWN_LENGTH_MAX = 30;

/** The logical lines of a file's content; `path` is for warnings. */
export function readLogicalLines(content: string, path: string, log: Log): LogicalLine[] {
  const lines: { text: string; lineNumber: number }[] = [];
  content.split("\n").forEach((text, index) => {
    if (IGNORED_LINE.test(text)) {
      return;
    }
    const last = lines.at(-1);
    if (last !== undefined && STARTS_WITH_SPACE.test(text)) {
      last.text += text;
    } else {
      lines.push({ text, lineNumber: index + 1 });
    }
  });
  return lines
    .map(({ text, lineNumber }) => ({ text: untilNul(text), lineNumber }))
    .filter((line) => !isMisplaced(line.text, path, log));
}

/** Whether a line continues nothing; warns of it. */
function isMisplaced(text: string, path: string, log: Log): boolean {
  if (!STARTS_WITH_SPACE.test(text)) {
    return false;
  }
  const dots = text.length > SHOWN_LENGTH_MAX ? "..." : "";
  const shown = text.slice(0, SHOWN_LENGTH_MAX) + dots;
  log.warning(`${path}: logical line must not start with whitespace: "${shown}"`);
  return true;
}

/** A text up to its first NUL. */
export function untilNul(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}
