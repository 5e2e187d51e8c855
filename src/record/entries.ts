/**
 * Reads the entries of a logfile, from its end to its beginning, a part at a time.
 *
 * From the end, because what has been sent can then be cut off with nothing but newer entries behind
 * it: memory stays bounded whatever the log's size, and a process that ends midway has cut what it has
 * sent. Within a part, order is that of the file. Order between entries has no meaning in a log.
 *
 * An entry is a line: terminated or the last one; a line is cut at an embedded NUL, as the original
 * does. Nothing is checked here: what is no queue ID is handed on as the text it is.
 */
import { bytesToString } from "../names/byte_string.ts";
import type { LockedLogfile } from "./locked_logfile.ts";

/** Bytes of a log in memory at a time: about 90,000 entries of short queue IDs. */
const PART_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;

/** Some whole lines of a log. */
export interface LogfilePart {
  /** Where the part begins in the file: at the beginning of a line. */
  readonly start: number;
  /** Behind the part's last byte. */
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** One entry, or what stands in its place. */
export interface Line {
  readonly text: string;
  /** Behind the line and its newline, in the file. */
  readonly end: number;
}

/** The last whole lines before `end`, at least one line; null at the beginning of the file. */
export function readPartBefore(log: LockedLogfile, end: number): LogfilePart | null {
  if (end === 0) {
    return null;
  }
  const from = Math.max(0, end - PART_BYTES);
  const bytes = readFully(log, from, end);
  if (from === 0) {
    return { start: 0, end, bytes };
  }
  // The first line may have begun before `from`; it belongs to the part before this one.
  const firstNewline = bytes.indexOf(NEWLINE);
  if (firstNewline !== -1 && firstNewline < bytes.length - 1) {
    const skipped = firstNewline + 1;
    return { start: from + skipped, end, bytes: bytes.subarray(skipped) };
  }
  // One line as long as a part is no queue ID: split it, so that it can be warned of and cut off.
  log.endLineAt(from);
  return { start: from + 1, end, bytes: bytes.subarray(1) };
}

/** The lines of a part. */
export function* linesOf(part: LogfilePart): Generator<Line, void, void> {
  const { bytes, start } = part;
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, at);
    const lineEnd = newline === -1 ? bytes.length : newline;
    const next = newline === -1 ? bytes.length : newline + 1;
    yield { text: upToNul(bytesToString(bytes.subarray(at, lineEnd))), end: start + next };
    at = next;
  }
}

function upToNul(text: string): string {
  const nul = text.indexOf("\0");
  return nul === -1 ? text : text.slice(0, nul);
}

function readFully(log: LockedLogfile, from: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - from);
  let filled = 0;
  while (filled < bytes.length) {
    const count = log.read(bytes.subarray(filled), from + filled);
    if (count === 0) {
      break;
    }
    filled += count;
  }
  return bytes.subarray(0, filled);
}
