/**
 * A set of names that takes little memory: 20 to 30 bytes a queue ID, where JavaScript's own takes a hundred.
 *
 * Exact: a hash chooses where to look, and the bytes decide. Bounded: a set that has no more room says so, and
 * whoever fills it decides what that means. Names are never removed. Pure.
 *
 * Names stand one behind the other in `#bytes`, each behind its length; `#slots` is a hash table with open
 * addressing of their places (plus one; 0 is free).
 */
import type { QueueId } from "./names.ts";

/**
 * Bytes of names that one set holds: some 2.7 million short queue IDs. The largest log that operators have
 * told of names a million; what a process may use for one is half of its 96 MB.
 */
const NAME_BYTES_MAX = 32 * 1024 * 1024;

const FIRST_BYTES = 1024;
const FIRST_SLOTS = 128;

/** FNV-1a, 32 bits: good enough for names that mostly count upwards, and a few instructions a byte. */
const HASH_START = 0x811c9dc5;
const HASH_PRIME = 0x01000193;

export class QueueIdSet {
  readonly #bytesMax: number;
  #bytes = new Uint8Array(FIRST_BYTES);
  #end = 0;
  #slots = new Uint32Array(FIRST_SLOTS);
  #size = 0;

  /** `bytesMax`: how many bytes of names it may hold, with one byte more for each. */
  constructor(bytesMax = NAME_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#size;
  }

  has(id: QueueId): boolean {
    return this.#slots[this.#find(id)] !== 0;
  }

  /** "new": it is in the set now. "held": it was already. "full": it is not, and there is no room for it. */
  add(id: QueueId): "new" | "held" | "full" {
    const slot = this.#find(id);
    if (this.#slots[slot] !== 0) {
      return "held";
    }
    if (this.#end + 1 + id.length > this.#bytesMax) {
      return "full";
    }
    this.#slots[slot] = this.#store(id) + 1;
    this.#size++;
    if (this.#size * 2 > this.#slots.length) {
      this.#growSlots();
    }
    return "new";
  }

  /** Forgets all names, and keeps the room. */
  clear(): void {
    this.#slots.fill(0);
    this.#end = 0;
    this.#size = 0;
  }

  /** The slot that holds the name, or the free one where it belongs. */
  #find(id: string): number {
    const mask = this.#slots.length - 1;
    let slot = hash(id) & mask;
    for (;;) {
      const place = this.#slots[slot] ?? 0;
      if (place === 0 || this.#isAt(place - 1, id)) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  #isAt(place: number, id: string): boolean {
    const bytes = this.#bytes;
    if (bytes[place] !== id.length) {
      return false;
    }
    for (let index = 0; index < id.length; index++) {
      if (bytes[place + 1 + index] !== id.charCodeAt(index)) {
        return false;
      }
    }
    return true;
  }

  #store(id: string): number {
    const place = this.#end;
    this.#end = place + 1 + id.length;
    if (this.#end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#end, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    // A queue ID has at most 255 characters: one byte is enough.
    this.#bytes[place] = id.length;
    for (let index = 0; index < id.length; index++) {
      this.#bytes[place + 1 + index] = id.charCodeAt(index);
    }
    return place;
  }

  #growSlots(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    const mask = this.#slots.length - 1;
    for (const place of old) {
      if (place !== 0) {
        let slot = this.#hashAt(place - 1) & mask;
        while (this.#slots[slot] !== 0) {
          slot = (slot + 1) & mask;
        }
        this.#slots[slot] = place;
      }
    }
  }

  #hashAt(place: number): number {
    let value = HASH_START;
    const end = place + 1 + (this.#bytes[place] ?? 0);
    for (let at = place + 1; at < end; at++) {
      value = Math.imul(value ^ (this.#bytes[at] ?? 0), HASH_PRIME);
    }
    return value >>> 0;
  }
}

function hash(id: string): number {
  let value = HASH_START;
  for (let index = 0; index < id.length; index++) {
    value = Math.imul(value ^ id.charCodeAt(index), HASH_PRIME);
  }
  return value >>> 0;
}
