/**
 * Takes lines out of the middle of a file, in place.
 *
 * The inode must stay, and a crash anywhere must leave repeats, never a loss: lines are only ever copied
 * over what is dead, never over themselves, and the end is cut last. What can be left behind by a crash is
 * one scrap of a removed line, the name of no message.
 *
 * Costs as much as the hole is large, not as the file is, in the two common cases: what follows the hole
 * fits into it, or all lines are of one length, so that the hole can be filled with the file's last lines
 * (order means nothing in a log). Where lengths differ, lines are moved down step by step, within a bound;
 * beyond it the lines are left, to be removed another time.
 */

/** A file whose last line is terminated, and which nobody else writes meanwhile. */
export interface CutFile {
  readonly sizeBytes: number;
  /** Fills `into` from `position` on. */
  read(into: Uint8Array, position: number): number;
  /** Writes all bytes at `position`. */
  write(bytes: Uint8Array, position: number): void;
  truncate(sizeBytes: number): void;
}

/**
 * "cut": done. "untouched": it would take too long, the file is as it was. "repeated": it could not be
 * finished; every line that was to stay is there, some twice.
 */
export type CutOutcome = "cut" | "untouched" | "repeated";

const NEWLINE = 0x0a;

/** Bytes moved at once. */
const MOVE_BYTES = 256 * 1024;

/** What moving down may cost: some milliseconds at most. */
const SHIFT_BYTES_MAX = 1024 * 1024;
const SHIFT_STEPS_MAX = 64;

/** Takes out [start, end); both are at the beginning of a line or the end of the file. */
export function cutLines(file: CutFile, start: number, end: number): CutOutcome {
  const gap = end - start;
  const rest = file.sizeBytes - end;
  if (rest <= gap) {
    copy(file, start, end, rest);
    file.truncate(start + rest);
    return "cut";
  }
  const last = file.sizeBytes - gap;
  if (beginsLine(file, last)) {
    copy(file, start, last, gap);
    file.truncate(last);
    return "cut";
  }
  if (rest > SHIFT_BYTES_MAX || rest > gap * SHIFT_STEPS_MAX) {
    return "untouched";
  }
  return shift(file, start, end);
}

/** Copies `count` bytes; the two places don't overlap. */
function copy(file: CutFile, to: number, from: number, count: number): void {
  const buffer = new Uint8Array(Math.min(count, MOVE_BYTES));
  for (let done = 0; done < count; ) {
    const wanted = buffer.subarray(0, count - done);
    const bytes = wanted.subarray(0, file.read(wanted, from + done));
    file.write(bytes, to + done);
    done += bytes.length;
  }
}

function beginsLine(file: CutFile, position: number): boolean {
  const before = new Uint8Array(1);
  file.read(before, position - 1);
  return before[0] === NEWLINE;
}

/** Moves what is behind `end` down to `start`, as many whole lines at a time as fit into the hole. */
function shift(file: CutFile, start: number, end: number): CutOutcome {
  const buffer = new Uint8Array(Math.min(end - start, MOVE_BYTES));
  let to = start;
  let from = end;
  while (from < file.sizeBytes) {
    const bytes = buffer.subarray(0, file.read(buffer, from));
    const lines = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
    if (lines.length === 0) {
      // A line longer than the hole: it can't be moved without writing it over itself.
      return to === start ? "untouched" : "repeated";
    }
    file.write(lines, to);
    to += lines.length;
    from += lines.length;
  }
  file.truncate(to);
  return "cut";
}
