/**
 * A set of names that takes little memory: 20 to 30 bytes a queue ID, where JavaScript's own takes a hundred.
 *
 * Exact: a hash chooses where to look, and the bytes decide. Bounded: a set that has no more room says so, and
 * whoever fills it decides what that means. Names are never removed. Pure.
 *
 * Names stand one behind the other in pages, each name behind its length and none over a page's end; `#slots` is a hash
 * table with open addressing of their places (plus one; 0 is free). It grows little by little, and the pages need not be
 * copied when there are more, so that no call takes long.
 */
import type { QueueId } from "./names.ts";

/**
 * Bytes of names that one set holds: some 2.7 million short queue IDs. The largest log that operators have
 * told of names a million; what a process may use for one is half of its 96 MB.
 */
const NAME_BYTES_MAX = 32 * 1024 * 1024;

/** A page: 2 to the power of this. */
const PAGE_BITS = 16;
const PAGE_BYTES = 1 << PAGE_BITS;

/** Of the first page, to begin with: two entries, as most logs have no more. */
const FIRST_BYTES = 32;
const FIRST_SLOTS = 8;

/** Of a set that nothing was added to, nor ever is: a walk makes sets for each of many logs, and most stay empty. */
const NO_SLOTS = new Uint32Array(1);

/** FNV-1a, 32 bits: good enough for names that mostly count upwards, and a few instructions a byte. */
export const HASH_START = 0x811c9dc5 | 0;
const HASH_PRIME = 0x01000193;

/** The hash of a name, a byte on: for whoever goes over its bytes anyway. */
export function hashOn(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, HASH_PRIME);
}

/** Where there is none yet. */
const NO_PAGE = new Uint8Array(0);

/** The longest name: a queue ID has at most so many characters, and its length fits into a byte. */
const NAME_LENGTH_MAX = 255;

/** A name that was given as a string; nobody keeps it. */
const NAME = new Uint8Array(NAME_LENGTH_MAX);

/**
 * Slots of an outgrown table that each new name moves to the larger one: moved all at once, those of a large log would
 * keep everybody waiting. Two would do to be done before that is outgrown.
 */
const SLOTS_MOVED_AT_ONCE = 16;

export class QueueIdSet {
  readonly #bytesMax: number;
  readonly #pages: Uint8Array[] = [];
  #end = 0;
  #slots = NO_SLOTS;
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
    encode(id);
    return this.hasBytes(NAME, 0, id.length, hashOf(NAME, 0, id.length));
  }

  /** Whether the bytes from `start` to `end`, whose hash is `hash` (HASH_START, then `hashOn` for each), are a name in it. */
  hasBytes(bytes: Uint8Array, start: number, end: number, hash: number): boolean {
    return (
      this.#slots[this.#find(this.#slots, bytes, start, end, hash)] !== 0 ||
      this.#isInOutgrown(bytes, start, end, hash)
    );
  }

  /** "new": it is in the set now. "held": it was already. "full": it is not, and there is no room for it. */
  add(id: QueueId): "new" | "held" | "full" {
    encode(id);
    if (this.#slots === NO_SLOTS) {
      this.#slots = new Uint32Array(FIRST_SLOTS);
    }
    const hash = hashOf(NAME, 0, id.length);
    const slot = this.#find(this.#slots, NAME, 0, id.length, hash);
    if (this.#slots[slot] !== 0 || this.#isInOutgrown(NAME, 0, id.length, hash)) {
      return "held";
    }
    if (this.#end + 1 + id.length > this.#bytesMax) {
      return "full";
    }
    this.#slots[slot] = this.#store(id.length) + 1;
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

  #isInOutgrown(bytes: Uint8Array, start: number, end: number, hash: number): boolean {
    const slots = this.#outgrown;
    return slots !== null && slots[this.#find(slots, bytes, start, end, hash)] !== 0;
  }

  /** The slot that holds a name, or the free one where it belongs. */
  #find(slots: Uint32Array, bytes: Uint8Array, start: number, end: number, hash: number): number {
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const place = slots[slot] ?? 0;
      if (place === 0 || this.#isAt(place - 1, bytes, start, end)) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  #isAt(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    const page = this.#pageOf(place);
    const first = place % PAGE_BYTES;
    if (page[first] !== end - start) {
      return false;
    }
    for (let at = start, heldAt = first + 1; at < end; at++, heldAt++) {
      if (page[heldAt] !== bytes[at]) {
        return false;
      }
    }
    return true;
  }

  /** Keeps the name of that length that was encoded last; its place. */
  #store(length: number): number {
    const room = this.#roomFor(1 + length);
    const place = this.#end;
    this.#end += 1 + length;
    let to = place % PAGE_BYTES;
    room[to++] = length;
    for (let from = 0; from < length; from++) {
      room[to++] = NAME[from] ?? 0;
    }
    return place;
  }

  /** The page into which so many bytes go, at #end. */
  #roomFor(length: number): Uint8Array {
    const used = this.#end % PAGE_BYTES;
    if (used + length > PAGE_BYTES) {
      this.#end += PAGE_BYTES - used;
    }
    const page = this.#pageOf(this.#end);
    const end = (this.#end % PAGE_BYTES) + length;
    if (end <= page.length) {
      return page;
    }
    // The first page alone grows.
    const isFirst = this.#end < PAGE_BYTES;
    const grown = new Uint8Array(
      isFirst ? Math.min(PAGE_BYTES, Math.max(FIRST_BYTES, end, 2 * page.length)) : PAGE_BYTES,
    );
    grown.set(page);
    this.#pages[this.#end >>> PAGE_BITS] = grown;
    return grown;
  }

  #pageOf(place: number): Uint8Array {
    return this.#pages[place >>> PAGE_BITS] ?? NO_PAGE;
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
    const page = this.#pageOf(place - 1);
    const start = ((place - 1) % PAGE_BYTES) + 1;
    let slot = hashOf(page, start, start + (page[start - 1] ?? 0)) & mask;
    while (this.#slots[slot] !== 0) {
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = place;
  }
}

/** Into NAME. */
function encode(id: string): void {
  for (let index = 0; index < id.length; index++) {
    NAME[index] = id.charCodeAt(index);
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_START;
  for (let at = start; at < end; at++) {
    hash = hashOn(hash, bytes[at] ?? 0);
  }
  return hash;
}
