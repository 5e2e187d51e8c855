/**
 * A directory read in slices, by getdents64(2) (called getdirentries in the C library).
 *
 * As much memory as one buffer, however large the directory; a call of `next` makes one system call
 * per buffer at most. Names are byte strings, in the directory's own order. An entry that is removed or
 * made meanwhile may be given or not; every other one is given once.
 */
import { ptr } from "bun:ffi";
import type { DirectoryReader } from "../effects/files.ts";
import { errno, libc, throwErrno } from "./libc.ts";

/** What the C library's readdir takes as well: some 800 names of queue files. */
const BUFFER_BYTES = 32768;

/** struct linux_dirent64: u64 inode, i64 offset, u16 record length, u8 type, name, zero, padding. */
const RECORD_LENGTH_OFFSET = 16;
const NAME_OFFSET = 19;

const DOT = 0x2e;

export class DescriptorDirectoryReader implements DirectoryReader {
  /** -1 once closed: its number may be another file's by then. */
  #descriptor: number;
  readonly #buffer = Buffer.from(new ArrayBuffer(BUFFER_BYTES));
  readonly #address = ptr(this.#buffer);
  /** Required by the call; of no use here. */
  readonly #basePosition = new BigInt64Array(1);
  #position = 0;
  #end = 0;

  /** Takes over a descriptor opened with O_DIRECTORY, and closes it. */
  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  next(countMax: number): readonly string[] {
    const names: string[] = [];
    while (names.length < countMax && this.#findNext()) {
      names.push(this.#takeName());
    }
    return names;
  }

  /** Whether the next name stands in these bytes from `start` to `end`; it is not taken. */
  isNext(bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.#findNext()) {
      return false;
    }
    const buffer = this.#buffer;
    let at = this.#position + NAME_OFFSET;
    for (let index = start; index < end; index++) {
      if (buffer[at++] !== bytes[index]) {
        return false;
      }
    }
    return buffer[at] === 0;
  }

  /** Where in memory the next name stands as a C string, once `isNext` was asked; good until anything else is called. */
  get nextAddress(): number {
    return this.#address + this.#position + NAME_OFFSET;
  }

  /** Takes the next name, once `isNext` was asked. */
  skip(): void {
    this.#position += this.#recordLength();
  }

  close(): void {
    if (this.#descriptor >= 0) {
      libc.close(this.#descriptor);
      this.#descriptor = -1;
    }
  }

  /** Whether there is another name; it is that of the record at `position`. */
  #findNext(): boolean {
    while (this.#position < this.#end || this.#fill()) {
      const at = this.#position + NAME_OFFSET;
      if (this.#buffer[at] !== DOT || !this.#isDots(at)) {
        return true;
      }
      this.skip();
    }
    return false;
  }

  /** Whether the name at `at`, which begins with a dot, is `.` or `..`. */
  #isDots(at: number): boolean {
    return this.#buffer[this.#buffer[at + 1] === DOT ? at + 2 : at + 1] === 0;
  }

  /** Reads on; false at the end. */
  #fill(): boolean {
    const count = libc.getdirentries64(
      this.#descriptor,
      this.#buffer,
      BUFFER_BYTES,
      this.#basePosition,
    );
    if (count < 0) {
      throwErrno(errno[0], "readdir");
    }
    this.#position = 0;
    this.#end = count;
    return count > 0;
  }

  #takeName(): string {
    const start = this.#position + NAME_OFFSET;
    this.#position += this.#recordLength();
    let end = start;
    while (this.#buffer[end] !== 0) {
      end++;
    }
    return this.#buffer.toString("latin1", start, end);
  }

  #recordLength(): number {
    const at = this.#position + RECORD_LENGTH_OFFSET;
    return (this.#buffer[at] ?? 0) | ((this.#buffer[at + 1] ?? 0) << 8);
  }
}
