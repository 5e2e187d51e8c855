/**
 * A set of names that takes little memory: 20 to 30 bytes a queue ID, where JavaScript's own takes a hundred.
 *
 * Exact: a hash chooses where to look, and the bytes decide. Bounded: a set that has no more room says so, and
 * whoever fills it decides what that means. Names are never removed. Pure.
 *
 * Names stand one behind the other in `#bytes`, each behind its length; `#slots` is a hash table with open
 * addressing of their places (plus one; 0 is free). It grows little by little, so that no call takes long.
 */
import type { QueueId } from "./names.ts";

/**
 * Bytes of names that one set holds: some 2.7 million short queue IDs. The largest log that operators have
 * told of names a million; what a process may use for one is half of its 96 MB.
 */
const NAME_BYTES_MAX = 32 * 1024 * 1024;

/** Two entries: most logs have no more, and a walk makes sets for each of many logs. */
const FIRST_BYTES = 32;
const FIRST_SLOTS = 8;

/** FNV-1a, 32 bits: good enough for names that mostly count upwards, and a few instructions a byte. */
const HASH_START = 0x811c9dc5;
const HASH_PRIME = 0x01000193;

/**
 * Slots of an outgrown table that each new name moves to the larger one: moved all at once, those of a large log would
 * keep everybody waiting. Two would do to be done before that is outgrown.
 */
const SLOTS_MOVED_AT_ONCE = 16;

export class QueueIdSet {
  readonly #bytesMax: number;
  #bytes = new Uint8Array(FIRST_BYTES);
  #end = 0;
  #slots = new Uint32Array(FIRST_SLOTS);
  /** The table that was outgrown last, until what stands from `#movedCount` on has been moved. */
  #outgrown: Uint32Array | null = null;
  #movedCount = 0;
  #size = 0;

  /** `bytesMax`: how many bytes of names it may hold, with one byte more for each. */
  constructor(bytesMax = NAME_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#size;
  }

  has(id: QueueId): boolean {
    return this.#slots[find(this.#slots, this.#bytes, id)] !== 0 || this.#isOutgrown(id);
  }

  /** "new": it is in the set now. "held": it was already. "full": it is not, and there is no room for it. */
  add(id: QueueId): "new" | "held" | "full" {
    const slot = find(this.#slots, this.#bytes, id);
    if (this.#slots[slot] !== 0 || this.#isOutgrown(id)) {
      return "held";
    }
    if (this.#end + 1 + id.length > this.#bytesMax) {
      return "full";
    }
    this.#slots[slot] = this.#store(id) + 1;
    this.#size++;
    this.#moveSome();
    if (this.#size * 2 > this.#slots.length) {
      this.#outgrown = this.#slots;
      this.#movedCount = 0;
      this.#slots = new Uint32Array(this.#slots.length * 2);
    }
    return "new";
  }

  /** Forgets all names, and keeps the room. */
  clear(): void {
    this.#slots.fill(0);
    this.#outgrown = null;
    this.#end = 0;
    this.#size = 0;
  }

  #isOutgrown(id: QueueId): boolean {
    const slots = this.#outgrown;
    return slots !== null && slots[find(slots, this.#bytes, id)] !== 0;
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

  /** What is moved also stays in the outgrown table, so that what stands behind it is still found. */
  #moveSome(): void {
    const outgrown = this.#outgrown;
    if (outgrown === null) {
      return;
    }
    const end = Math.min(this.#movedCount + SLOTS_MOVED_AT_ONCE, outgrown.length);
    for (; this.#movedCount < end; this.#movedCount++) {
      const place = outgrown[this.#movedCount] ?? 0;
      if (place !== 0) {
        this.#putSlot(place);
      }
    }
    if (end === outgrown.length) {
      this.#outgrown = null;
    }
  }

  #putSlot(place: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashAt(place - 1) & mask;
    while (this.#slots[slot] !== 0) {
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = place;
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

/** The slot that holds the name, or the free one where it belongs. */
function find(slots: Uint32Array, bytes: Uint8Array, id: string): number {
  const mask = slots.length - 1;
  let slot = hash(id) & mask;
  for (;;) {
    const place = slots[slot] ?? 0;
    if (place === 0 || isAt(bytes, place - 1, id)) {
      return slot;
    }
    slot = (slot + 1) & mask;
  }
}

function isAt(bytes: Uint8Array, place: number, id: string): boolean {
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

function hash(id: string): number {
  let value = HASH_START;
  for (let index = 0; index < id.length; index++) {
    value = Math.imul(value ^ id.charCodeAt(index), HASH_PRIME);
  }
  return value >>> 0;
}
