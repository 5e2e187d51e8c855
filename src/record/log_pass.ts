/**
 * Goes once through the lines of a logfile and takes out those that are not to stay, in place.
 *
 * The inode must stay, and a crash anywhere must leave repeats, never a loss. So a line is only ever copied to
 * where the file holds nothing that counts, never over itself, and the end is cut last:
 *
 *     | kept | free | not yet read | appended meanwhile |
 *            ^ #kept ^ #read       ^ #end               ^ the file's end
 *
 * What stays of a block is written at #kept where it fits into what is free; where it doesn't, as in the first
 * block that loses a line, it is appended behind everything, and the whole block is free. Costs what the block
 * costs, whatever the log's size and the lengths of its lines; memory is bounded by a block. What a crash can
 * leave behind besides repeats is a scrap of a line, the name of no message.
 *
 * Between two blocks others may append. Their lines are never looked at, and stay. Order means nothing in a
 * log. Throws what the file throws; then each line that was to stay is still there, some twice.
 */
import { OsError } from "../effects/os_error.ts";
import { bytesToString } from "../names/byte_string.ts";

/** A file whose last line is terminated, and which nobody else changes but by appending through it. */
export interface PassFile {
  readonly sizeBytes: number;
  /** Reads at `position`, within the file, into `into`; the count of bytes, which may be fewer but not none. */
  read(into: Uint8Array, position: number): number;
  /** Writes all bytes at `position`, within the file. */
  write(bytes: Uint8Array, position: number): void;
  /** Writes whole lines behind the last, all or none of them. */
  appendLines(bytes: Uint8Array): void;
  truncate(sizeBytes: number): void;
}

/** One line of a log. */
export interface Line {
  /** Without its newline; cut at an embedded NUL, as the original does, if it fits into a block. A byte string. */
  readonly text: string;
  /** Whether it is to be in the log after the pass: it is, unless somebody says no. */
  stays: boolean;
}

/** A line with its place in the block, its newline included. */
interface PlacedLine extends Line {
  readonly start: number;
  readonly end: number;
}

const NEWLINE = 0x0a;

/**
 * Bytes in memory at a time: some 22,000 entries of short queue IDs. Small enough that a write of it takes
 * well under a slice, large enough that the wait for second looks, once a block, doesn't count.
 */
const BLOCK_BYTES = 256 * 1024;

/** So much is shown of a line that is longer than a block. */
const LONG_LINE_SHOWN_BYTES = 300;

export class LogPass {
  readonly #file: PassFile;
  readonly #end: number;
  #buffer: Uint8Array | null = null;
  #lines: readonly PlacedLine[] = [];
  #kept = 0;
  #read = 0;
  #blockStart = 0;
  #isWithinLongLine = false;

  constructor(file: PassFile) {
    this.#file = file;
    this.#end = file.sizeBytes;
  }

  /** Whether a line was taken out so far. */
  get hasCut(): boolean {
    return this.#kept < this.#read;
  }

  /** The next lines, which may be none; null behind the last. Each but the first call must follow a `keep`. */
  next(): readonly Line[] | null {
    this.#blockStart = this.#read;
    if (this.#read >= this.#end) {
      return null;
    }
    const bytes = this.#readBlock();
    const length = bytes.lastIndexOf(NEWLINE) + 1;
    if (this.#isWithinLongLine || length === 0) {
      this.#lines = this.#passLongLine(bytes);
    } else {
      this.#lines = linesOf(bytes.subarray(0, length));
      this.#read += length;
    }
    return this.#lines;
  }

  /** Takes those of the last `next` out that don't stay. */
  keep(): void {
    const first = this.#kept === this.#blockStart ? this.#stayInPlace() : 0;
    const staying = this.#gather(first);
    if (staying.length === 0) {
      return;
    }
    if (staying.length <= this.#blockStart - this.#kept) {
      this.#file.write(staying, this.#kept);
      this.#kept += staying.length;
    } else {
      this.#file.appendLines(staying);
    }
  }

  /** Closes the gap and cuts the end off. Without it the log has repeats. */
  finish(): void {
    if (!this.hasCut) {
      return;
    }
    while (this.#read < this.#file.sizeBytes) {
      this.#moveDown();
    }
    this.#file.truncate(this.#kept);
  }

  #readBlock(): Uint8Array {
    this.#buffer ??= new Uint8Array(Math.min(BLOCK_BYTES, this.#end));
    const bytes = this.#buffer.subarray(0, this.#end - this.#read);
    readFully(this.#file, bytes, this.#read);
    return bytes;
  }

  /**
   * A line longer than a block is no entry, whatever it begins with: its beginning is given, and it goes. It is
   * passed a block at a time: somebody may have made a file of a terabyte.
   */
  #passLongLine(bytes: Uint8Array): PlacedLine[] {
    const isFirst = !this.#isWithinLongLine;
    const newline = bytes.indexOf(NEWLINE);
    this.#isWithinLongLine = newline === -1;
    this.#read += newline === -1 ? bytes.length : newline + 1;
    const text = bytesToString(bytes.subarray(0, LONG_LINE_SHOWN_BYTES));
    return isFirst ? [{ text, stays: true, start: 0, end: 0 }] : [];
  }

  /** Leaves the block's first lines where they are, as long as they stay; how many they are. */
  #stayInPlace(): number {
    const count = this.#lines.findIndex(({ stays, end }) => !stays || end === 0);
    const first = count === -1 ? this.#lines.length : count;
    this.#kept += this.#lines[first - 1]?.end ?? 0;
    return first;
  }

  /** The bytes of the lines that stay, from line number `first` on: in the buffer, one behind the other. */
  #gather(first: number): Uint8Array {
    const buffer = this.#buffer ?? new Uint8Array(0);
    let to = 0;
    for (let index = first; index < this.#lines.length; index++) {
      const line = this.#lines[index];
      if (line?.stays === true) {
        buffer.copyWithin(to, line.start, line.end);
        to += line.end - line.start;
      }
    }
    return buffer.subarray(0, to);
  }

  /**
   * Moves the next lines into what is free; where less than half of them fits, behind everything: then there is
   * room for the others. Moved down one by one, each would cost as much as all of them.
   */
  #moveDown(): void {
    const free = this.#read - this.#kept;
    const bytes = new Uint8Array(Math.min(BLOCK_BYTES, this.#file.sizeBytes - this.#read));
    readFully(this.#file, bytes, this.#read);
    const lines = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
    if (lines.length === 0) {
      // Not one line: somebody has changed the file without asking for its lock.
      throw new OsError("EIO", "read");
    }
    const fitting = lines.subarray(
      0,
      lines.lastIndexOf(NEWLINE, Math.min(free, lines.length) - 1) + 1,
    );
    if (2 * fitting.length >= lines.length) {
      this.#file.write(fitting, this.#kept);
      this.#kept += fitting.length;
      this.#read += fitting.length;
    } else {
      this.#file.appendLines(lines);
      this.#read += lines.length;
    }
  }
}

function readFully(file: PassFile, into: Uint8Array, position: number): void {
  for (let filled = 0; filled < into.length; ) {
    filled += file.read(into.subarray(filled), position + filled);
  }
}

function linesOf(bytes: Uint8Array): PlacedLine[] {
  const lines: PlacedLine[] = [];
  const text = bytesToString(bytes);
  for (let start = 0; start < bytes.length; ) {
    const newline = text.indexOf("\n", start);
    lines.push({ text: upToNul(text.slice(start, newline)), stays: true, start, end: newline + 1 });
    start = newline + 1;
  }
  return lines;
}

function upToNul(text: string): string {
  const nul = text.indexOf("\0");
  return nul === -1 ? text : text.slice(0, nul);
}
