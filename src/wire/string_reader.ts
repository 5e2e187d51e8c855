/**
 * NUL-terminated strings out of chunks of bytes, at any chunking.
 *
 * Work is linear in the bytes: each is searched once and copied a bounded number of times, and a
 * string that arrives in one chunk is made from it directly. Memory is bounded: at most `bytesMax` are
 * taken in, and only those of an unfinished string are held between chunks. Knows nothing of attributes.
 *
 *     #bytes:  | strings taken | unfinished, searched | not searched | (room, if ours) |
 *                              ^ #start               ^ #searched    ^ #end
 */
export class StringReader {
  readonly #bytesMax: number;
  /** A caller's chunk (only until `hold`), or a buffer of our own. */
  #bytes: Buffer = NOTHING;
  #start = 0;
  #searched = 0;
  #end = 0;
  #bytesReceived = 0;
  #ours = true;

  /** `bytesMax`: how many bytes are taken in all; those behind them are dropped. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** True once `bytesMax` bytes have come, whether or not they are taken. */
  get full(): boolean {
    return this.#bytesReceived === this.#bytesMax;
  }

  /** Takes in a chunk. It is not copied until `hold`, nor must it change until then. */
  push(chunk: Uint8Array): void {
    const length = Math.min(chunk.length, this.#bytesMax - this.#bytesReceived);
    this.#bytesReceived += length;
    if (this.#start === this.#end) {
      this.#use(asBuffer(chunk), length, false);
    } else {
      this.#append(chunk, length);
    }
  }

  /**
   * The next finished string, as a byte string without its NUL; null when more bytes are needed. Where it is what the caller
   * guessed, nothing new is made: that takes a third off the reading of an add, whose strings are known but for two.
   */
  next(guess = ""): string | null {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = this.#searched;
    // A loop beats indexOf, which is a call out of compiled code, on strings as short as these are.
    while (at < end && bytes[at] !== 0) {
      at++;
    }
    if (at === end) {
      this.#searched = at;
      return null;
    }
    const text = this.#isFinished(guess, at) ? guess : bytes.toString("latin1", this.#start, at);
    this.#start = at + 1;
    this.#searched = at + 1;
    return text;
  }

  /** Whether this is the string that ends before `end`. */
  #isFinished(text: string, end: number): boolean {
    const start = this.#start;
    if (end - start !== text.length) {
      return false;
    }
    for (let index = 0; index < text.length; index++) {
      if (this.#bytes[start + index] !== text.charCodeAt(index)) {
        return false;
      }
    }
    return true;
  }

  /** What there is of the unfinished string. */
  rest(): string {
    return this.#bytes.toString("latin1", this.#start, this.#end);
  }

  /** Lets go of the caller's chunk, keeping a copy of the unfinished string. */
  hold(): void {
    if (!this.#ours) {
      this.#move(this.#end - this.#start);
    }
  }

  /** Lets go of everything. */
  clear(): void {
    this.#use(NOTHING, 0, true);
  }

  #append(chunk: Uint8Array, length: number): void {
    // Moves out of a caller's chunk too: that has no room behind its end.
    if (this.#end + length > this.#bytes.length) {
      this.#move(this.#end - this.#start + length);
    }
    this.#bytes.set(length === chunk.length ? chunk : chunk.subarray(0, length), this.#end);
    this.#end += length;
  }

  /** Moves the unfinished string to a buffer of our own, twice as large as needed now, to grow into. */
  #move(bytesNeeded: number): void {
    const buffer = bytesNeeded === 0 ? NOTHING : Buffer.allocUnsafe(bytesNeeded * 2);
    const length = this.#bytes.copy(buffer, 0, this.#start, this.#end);
    const searched = this.#searched - this.#start;
    this.#use(buffer, length, true);
    this.#searched = searched;
  }

  #use(bytes: Buffer, length: number, ours: boolean): void {
    this.#bytes = bytes;
    this.#start = 0;
    this.#searched = 0;
    this.#end = length;
    this.#ours = ours;
  }
}

const NOTHING = Buffer.alloc(0);

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
