/**
 * The lines of one block of a log, in the order in which they stand; all stay but those that are taken out.
 *
 * Goes over the bytes once. A line that repeats a known name, as nine of ten do in a log that the original kept, costs
 * no string and no object: 0.15 µs in place of 0.37 (docs/PERFORMANCE.md, "Sends").
 * Changes no byte but by `gather`. Pure.
 */
import { HASH_START, hashOn, type QueueIdSet } from "../names/queue_id_set.ts";

const NEWLINE = 0x0a;

/** What lines take at the least where nobody has planned to make trouble: a queue ID and a newline. */
const LINE_BYTES = 12;

export class LogLines {
  readonly #bytes: Buffer;
  /** Where each line that was gone over ends, behind its newline. */
  #ends: Uint32Array;
  /** 1 for each line that was taken out. */
  #out: Uint8Array;
  #count = 0;
  /** Where the line ends that was found to be no known one: it is the next, and need not be gone over again. */
  #unknownEnd = 0;
  #hasOut = false;

  /** Whole lines, the last with its newline. */
  constructor(bytes: Uint8Array) {
    // Where it is one already, a small log is spared the making of another one.
    this.#bytes =
      bytes instanceof Buffer
        ? bytes
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#ends = new Uint32Array(Math.ceil(bytes.length / LINE_BYTES));
    this.#out = new Uint8Array(this.#ends.length);
  }

  /** The number of the next line, from 0; -1 behind the last. */
  next(): number {
    const start = this.#endOf(this.#count - 1);
    if (start === this.#bytes.length) {
      return -1;
    }
    const isFound = this.#unknownEnd > start;
    return this.#pass(isFound ? this.#unknownEnd : this.#bytes.indexOf(NEWLINE, start) + 1);
  }

  /** Takes out the lines that come next as long as they are in `names`, and no more than `countMax`; how many. */
  takeOutKnown(names: QueueIdSet, countMax: number): number {
    const bytes = this.#bytes;
    let start = this.#endOf(this.#count - 1);
    for (let count = 0; count < countMax; count++) {
      if (start === bytes.length) {
        return count;
      }
      let hash = HASH_START;
      let end = start;
      for (let byte = bytes[end] ?? 0; byte !== NEWLINE; byte = bytes[++end] ?? 0) {
        hash = hashOn(hash, byte);
      }
      if (!names.hasBytes(bytes, start, end, hash)) {
        this.#unknownEnd = end + 1;
        return count;
      }
      this.takeOut(this.#pass(end + 1));
      start = end + 1;
    }
    return countMax;
  }

  /** A line without its newline; cut at an embedded NUL, as the original does. A byte string. */
  text(line: number): string {
    const text = this.#bytes.toString("latin1", this.#endOf(line - 1), this.#endOf(line) - 1);
    const nul = text.indexOf("\0");
    return nul === -1 ? text : text.slice(0, nul);
  }

  /** The line is not to be in the log after the pass. */
  takeOut(line: number): void {
    this.#out[line] = 1;
    this.#hasOut = true;
  }

  /** How many bytes stand before the first line that is taken out. */
  stayingBytes(): number {
    const first = this.#hasOut ? this.#out.indexOf(1) : -1;
    return first === -1 ? this.#bytes.length : this.#endOf(first - 1);
  }

  /** The lines that stay, from byte `from` on, where one begins: one behind the other, at the beginning of the block. */
  gather(from: number): Uint8Array {
    const bytes = this.#bytes;
    let to = 0;
    let start = from;
    const moveUpTo = (end: number): void => {
      if (start < end) {
        bytes.copyWithin(to, start, end);
        to += end - start;
      }
    };
    for (let line = 0; line < this.#count; line++) {
      const end = this.#endOf(line);
      if (this.#out[line] === 1 && end > from) {
        moveUpTo(this.#endOf(line - 1));
        start = end;
      }
    }
    // With those that nobody has gone over.
    moveUpTo(bytes.length);
    return bytes.subarray(0, to);
  }

  #endOf(line: number): number {
    return line < 0 ? 0 : (this.#ends[line] ?? 0);
  }

  #pass(end: number): number {
    const line = this.#count++;
    if (line === this.#ends.length) {
      this.#ends = grown(this.#ends, new Uint32Array(2 * line));
      this.#out = grown(this.#out, new Uint8Array(2 * line));
    }
    this.#ends[line] = end;
    return line;
  }
}

function grown<Numbers extends Uint32Array | Uint8Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
