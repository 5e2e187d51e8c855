/**
 * The records of a queue file, one at a time, from wherever the caller wants the next one.
 *
 * A record is a type (one byte), a length (seven bits a byte, the low ones first, the high bit set while
 * more follow) and so many bytes of data. What is read of the file goes through one window, which all
 * readers share: nothing is allocated for a record but the text that is asked for, and one reader must be
 * done with before the next begins. Throws Malformed where there is no whole record, and OsError.
 */
import type { Descriptor, Files } from "../effects/files.ts";
import type { SoughtDomains } from "./sought_domains.ts";

/** The envelope of a message to a few recipients takes 1 KB, most whole messages less than this. */
export const WINDOW_BYTES = 8 * 1024;

/** Four bytes of seven bits: 256 MB, more than any record has. */
const LENGTH_BYTES_MAX = 4;
const HEADER_BYTES_MAX = 1 + LENGTH_BYTES_MAX;

/** Longest data that is looked into. Postfix cuts lines and addresses at line_length_limit, 2,048. */
const TEXT_BYTES_MAX = 4 * 1024;

/** Twice what it takes to pass 8 MB (queue_file.ts) from start to end: nothing sends a reader to and fro more. */
const FILLS_MAX = 2 * 1024;

const BLANK = 0x20;
const DIGIT_0 = 0x30;
/** Of whole numbers that JavaScript has without loss. */
const NUMBER_DIGITS_MAX = 15;

const WINDOW = Buffer.alloc(WINDOW_BYTES);

/** What is read is no queue file as Postfix writes them; the message says why. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

export class RecordReader {
  /** The current record: its type, where it starts, where its data does, and what follows it. */
  type = 0;
  start = 0;
  dataStart = 0;
  end = 0;
  /** Where the number that was read last ends, from the start of the data. */
  numberEnd = 0;
  readonly #files: Pick<Files, "read">;
  readonly #file: Descriptor;
  readonly #sizeBytes: number;
  /** What part of the file is in the window. */
  #windowStart = 0;
  #windowEnd = 0;
  #fillCount = 0;

  constructor(files: Pick<Files, "read">, file: Descriptor, sizeBytes: number) {
    this.#files = files;
    this.#file = file;
    this.#sizeBytes = sizeBytes;
  }

  /** Makes the record at `position` the current one. */
  moveTo(position: number): void {
    const available = this.#sizeBytes - position;
    if (available < 2) {
      throw new Malformed(`truncated: no record at ${position}`);
    }
    let at = this.#show(position, Math.min(available, HEADER_BYTES_MAX));
    const first = at;
    const type = WINDOW[at++] ?? 0;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = WINDOW[at++] ?? 0;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        break;
      }
      if (at - first === Math.min(available, HEADER_BYTES_MAX)) {
        throw new Malformed(`no record length at ${position}`);
      }
    }
    this.type = type;
    this.start = position;
    this.dataStart = position + at - first;
    this.end = this.dataStart + length;
    if (this.end > this.#sizeBytes) {
      throw new Malformed(`truncated: the record at ${position} is longer than the file`);
    }
  }

  /** Whether a record of this type, without data, stands at `position`; what is current stays. */
  isBareRecordAt(position: number, type: number): boolean {
    if (position + 2 > this.#sizeBytes) {
      return false;
    }
    const at = this.#show(position, 2);
    return WINDOW[at] === type && WINDOW[at + 1] === 0;
  }

  /** The data of the current record, as a byte string. */
  text(): string {
    const at = this.#showData();
    return WINDOW.toString("latin1", at, at + this.end - this.dataStart);
  }

  /** Whether the data of the current record, an address, is at one of these. */
  isAddressAt(domains: SoughtDomains): boolean {
    const at = this.#showData();
    return domains.hasAddressIn(WINDOW, at, at + this.end - this.dataStart);
  }

  /**
   * A whole number in the current record's data: from the byte `at` on, behind any blanks, up to 15 digits, and a blank
   * or the end. -1: there is none. `numberEnd` is where it ends, in the data.
   */
  numberAt(at: number): number {
    const start = this.#showData();
    let index = start + at;
    const end = start + this.end - this.dataStart;
    while (index < end && WINDOW[index] === BLANK) {
      index++;
    }
    const first = index;
    let value = 0;
    for (; index < end && index - first < NUMBER_DIGITS_MAX; index++) {
      const digit = (WINDOW[index] ?? 0) - DIGIT_0;
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
    }
    this.numberEnd = index - start;
    const isWhole = index > first && (index === end || WINDOW[index] === BLANK);
    return isWhole ? value : -1;
  }

  /** Has the data of the current record in the window; returns where. */
  #showData(): number {
    const length = this.end - this.dataStart;
    if (length > TEXT_BYTES_MAX) {
      throw new Malformed(`the record at ${this.start} has ${length} bytes`);
    }
    return this.#show(this.dataStart, length);
  }

  /** Has `length` bytes of the file from `position` on in the window; returns where in the window. */
  #show(position: number, length: number): number {
    if (position < this.#windowStart || position + length > this.#windowEnd) {
      this.#fill(position, length);
    }
    return position - this.#windowStart;
  }

  #fill(position: number, length: number): void {
    if (++this.#fillCount > FILLS_MAX) {
      throw new Malformed("its records are scattered over the file");
    }
    this.#windowStart = position;
    this.#windowEnd = position;
    while (this.#windowEnd < position + length) {
      const filled = this.#windowEnd - position;
      const into = filled === 0 ? WINDOW : WINDOW.subarray(filled);
      const count = this.#files.read(this.#file, into, this.#windowEnd);
      if (count === 0) {
        throw new Malformed(`truncated while it was read, at ${this.#windowEnd}`);
      }
      this.#windowEnd += count;
    }
  }
}
