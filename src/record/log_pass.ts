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
import { LogLines } from "./log_lines.ts";

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
  /** The same in the background: until it has ended, nothing else may be done with the file. */
  cut(sizeBytes: number): Promise<void>;
}

const NEWLINE = 0x0a;

/**
 * Bytes in memory at a time: some 22,000 entries of short queue IDs. Small enough that a write of it takes
 * well under a slice, large enough that the wait for second looks, once a block, doesn't count.
 */
const BLOCK_BYTES = 256 * 1024;

/** So much is shown of a line that is longer than a block. */
const LONG_LINE_SHOWN_BYTES = 300;

/** What a NUL in it is shown as, which would be taken for its end. */
const NUL_SHOWN = "?".charCodeAt(0);

export class LogPass {
  readonly #file: PassFile;
  readonly #end: number;
  #buffer: Buffer | null = null;
  /** What was read already, until it is gone over. */
  #beginning: Buffer | null;
  /** Null: of what was read last, nothing is to stay. */
  #lines: LogLines | null = null;
  #kept = 0;
  #read = 0;
  #blockStart = 0;
  #isWithinLongLine = false;

  /** `beginning`: all that the file holds, where that was read already. */
  constructor(file: PassFile, beginning: Buffer | null = null) {
    this.#file = file;
    this.#end = file.sizeBytes;
    this.#beginning = beginning;
  }

  /** Whether a line was taken out so far. */
  get hasCut(): boolean {
    return this.#kept < this.#read;
  }

  /** The next lines, which may be none; null behind the last. Each but the first call must follow a `keep`. */
  next(): LogLines | null {
    this.#blockStart = this.#read;
    if (this.#read >= this.#end) {
      return null;
    }
    const bytes = this.#readBlock();
    const length = bytes.lastIndexOf(NEWLINE) + 1;
    if (this.#isWithinLongLine || length === 0) {
      this.#lines = null;
      return new LogLines(this.#passLongLine(bytes));
    }
    this.#lines = new LogLines(length === bytes.length ? bytes : bytes.subarray(0, length));
    this.#read += length;
    return this.#lines;
  }

  /** Takes those of the last `next` out that don't stay. */
  keep(): void {
    if (this.#lines === null) {
      return;
    }
    const inPlaceBytes = this.#kept === this.#blockStart ? this.#lines.stayingBytes() : 0;
    this.#kept += inPlaceBytes;
    const staying = this.#lines.gather(inPlaceBytes);
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
    if (this.hasCut) {
      this.#closeGap();
      this.#file.truncate(this.#kept);
    }
  }

  /** The same, with the end cut in the background: nobody may append before that has ended. Null: there is nothing to cut off. */
  finishInBackground(): Promise<void> | null {
    if (!this.hasCut) {
      return null;
    }
    this.#closeGap();
    return this.#file.cut(this.#kept);
  }

  #closeGap(): void {
    while (this.#read < this.#file.sizeBytes) {
      this.#moveDown();
    }
  }

  #readBlock(): Buffer {
    const beginning = this.#beginning;
    if (beginning !== null) {
      this.#beginning = null;
      return beginning;
    }
    this.#buffer ??= Buffer.alloc(Math.min(BLOCK_BYTES, this.#end));
    const bytes = this.#buffer.subarray(0, this.#end - this.#read);
    readFully(this.#file, bytes, this.#read);
    return bytes;
  }

  /**
   * A line longer than a block is no entry, whatever it begins with: its beginning is given, and it goes. It is
   * passed a block at a time: somebody may have made a file of a terabyte.
   */
  #passLongLine(bytes: Uint8Array): Uint8Array {
    const isFirst = !this.#isWithinLongLine;
    const newline = bytes.indexOf(NEWLINE);
    this.#isWithinLongLine = newline === -1;
    this.#read += newline === -1 ? bytes.length : newline + 1;
    if (!isFirst) {
      return new Uint8Array(0);
    }
    const shown = bytes.slice(0, LONG_LINE_SHOWN_BYTES).map((byte) => byte || NUL_SHOWN);
    shown[shown.length - 1] = NEWLINE;
    return shown;
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
