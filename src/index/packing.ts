/**
 * Columns of numbers and texts as bytes, and back. Pure.
 *
 * A pack is a list of sections: their count, the length of each, then the sections, each at a multiple of eight bytes,
 * so that columns of numbers are used where they lie. Whoever reads knows what the sections are. Numbers are in
 * the machine's own order: packs do not travel.
 */

const ALIGNMENT = 8;
const LENGTH_BYTES = 4;

/** A few names. */
const FIRST_HEAP_BYTES = 256;

type Section = Uint8Array | Uint32Array | Float64Array;

/** Sections to one array of bytes. */
export function pack(sections: readonly Section[]): Uint8Array {
  let at = aligned((1 + sections.length) * LENGTH_BYTES);
  const total = sections.reduce((sum, { byteLength }) => sum + aligned(byteLength), at);
  const bytes = new Uint8Array(new ArrayBuffer(total));
  const head = new Uint32Array(bytes.buffer, 0, 1 + sections.length);
  head[0] = sections.length;
  for (const [index, section] of sections.entries()) {
    head[1 + index] = section.byteLength;
    bytes.set(new Uint8Array(section.buffer, section.byteOffset, section.byteLength), at);
    at += aligned(section.byteLength);
  }
  return bytes;
}

/** The sections of a pack, which stay where they are. Throws RangeError where it is none. */
export class Unpacked {
  readonly #bytes: Uint8Array;
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];

  constructor(packed: Uint8Array) {
    const bytes = packed.byteOffset % ALIGNMENT === 0 ? packed : packed.slice();
    this.#bytes = bytes;
    const count = this.#numbers(0, LENGTH_BYTES)[0] ?? 0;
    const head = this.#numbers(0, (1 + count) * LENGTH_BYTES);
    let at = aligned(head.byteLength);
    for (const length of head.subarray(1)) {
      this.#starts.push(at);
      this.#lengths.push(length);
      at += aligned(length);
    }
  }

  bytes(section: number): Uint8Array {
    const [start, length] = this.#place(section);
    return new Uint8Array(this.#bytes.buffer, start, length);
  }

  numbers(section: number): Uint32Array {
    const [start, length] = this.#place(section);
    return new Uint32Array(this.#bytes.buffer, start, length / Uint32Array.BYTES_PER_ELEMENT);
  }

  doubles(section: number): Float64Array {
    const [start, length] = this.#place(section);
    return new Float64Array(this.#bytes.buffer, start, length / Float64Array.BYTES_PER_ELEMENT);
  }

  /** Texts that `packTexts` has made two sections of. */
  texts(section: number): PackedTexts {
    return new PackedTexts(this.numbers(section), this.bytes(section + 1));
  }

  #place(section: number): readonly [number, number] {
    const start = this.#starts[section] ?? 0;
    return [this.#bytes.byteOffset + start, this.#lengths[section] ?? 0];
  }

  #numbers(start: number, byteLength: number): Uint32Array {
    const { buffer, byteOffset } = this.#bytes;
    return new Uint32Array(buffer, byteOffset + start, byteLength / LENGTH_BYTES);
  }
}

/** Byte strings, one behind the other. */
export class PackedTexts {
  /** Where each text ends, in `heap`. */
  readonly ends: Uint32Array;
  readonly heap: Buffer;

  constructor(ends: Uint32Array, heap: Uint8Array) {
    this.ends = ends;
    this.heap = Buffer.from(heap.buffer, heap.byteOffset, heap.byteLength);
  }

  get count(): number {
    return this.ends.length;
  }

  at(index: number): string {
    return this.heap.toString("latin1", this.#startOf(index), this.ends[index]);
  }

  /** All texts: decoded at once, which is quicker than one by one. */
  all(): string[] {
    const heap = this.heap.toString("latin1");
    const texts: string[] = [];
    let start = 0;
    for (const end of this.ends) {
      texts.push(heap.slice(start, end));
      start = end;
    }
    return texts;
  }

  /** Whether this is the text at `index`. */
  isAt(index: number, text: string): boolean {
    const start = this.#startOf(index);
    if ((this.ends[index] ?? 0) - start !== text.length) {
      return false;
    }
    for (let at = 0; at < text.length; at++) {
      if (this.heap[start + at] !== text.charCodeAt(at)) {
        return false;
      }
    }
    return true;
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : (this.ends[index - 1] ?? 0);
  }
}

/** Two sections: where each text ends, and the texts. */
export function packTexts(texts: readonly string[]): [Uint32Array, Uint8Array] {
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (const [index, text] of texts.entries()) {
    end += text.length;
    ends[index] = end;
  }
  return [ends, Buffer.from(texts.join(""), "latin1")];
}

/**
 * Texts that come one at a time, put down as bytes at once. Were they kept as strings until they are packed, each
 * garbage collection would look at all of them: that took up to 2 µs of processor time a message.
 */
export class TextColumn {
  readonly #ends: number[] = [];
  #heap = Buffer.from(new ArrayBuffer(FIRST_HEAP_BYTES));
  #end = 0;

  get count(): number {
    return this.#ends.length;
  }

  add(text: string): void {
    const end = this.#end + text.length;
    if (end > this.#heap.length) {
      const larger = Buffer.from(new ArrayBuffer(2 * end));
      larger.set(this.#heap);
      this.#heap = larger;
    }
    this.#heap.write(text, this.#end, "latin1");
    this.#ends.push(end);
    this.#end = end;
  }

  /** Two sections, as `packTexts` makes them. */
  sections(): [Uint32Array, Uint8Array] {
    return [Uint32Array.from(this.#ends), this.#heap.subarray(0, this.#end)];
  }
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}
