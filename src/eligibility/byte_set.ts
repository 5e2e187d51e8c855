/**
 * Sets of bytes, as one position of a regular expression may match: 256 flags, 1 for a member.
 *
 * The named classes are those of the C locale, where bytes from 128 up belong to none.
 */
export type ByteSet = Uint8Array;

const BYTE_VALUES = 256;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const CASE_DISTANCE = 0x20;

/** Members of the named classes in the C locale, each a list of first and last byte. */
const CLASS_RANGES: ReadonlyMap<string, readonly (readonly [first: number, last: number])[]> =
  new Map([
    ["alnum", [range("0", "9"), range("A", "Z"), range("a", "z")]],
    ["alpha", [range("A", "Z"), range("a", "z")]],
    ["blank", [range("\t", "\t"), range(" ", " ")]],
    ["cntrl", [range("\0", "\x1f"), range("\x7f", "\x7f")]],
    ["digit", [range("0", "9")]],
    ["graph", [range("!", "~")]],
    ["lower", [range("a", "z")]],
    ["print", [range(" ", "~")]],
    ["punct", [range("!", "/"), range(":", "@"), range("[", "`"), range("{", "~")]],
    ["space", [range("\t", "\r"), range(" ", " ")]],
    ["upper", [range("A", "Z")]],
    ["xdigit", [range("0", "9"), range("A", "F"), range("a", "f")]],
  ]);

function range(first: string, last: string): readonly [number, number] {
  return [first.charCodeAt(0), last.charCodeAt(0)];
}

/** A set without members. */
export function emptySet(): ByteSet {
  return new Uint8Array(BYTE_VALUES);
}

/** The bytes that occur in a byte string. */
export function setOf(text: string): ByteSet {
  const set = emptySet();
  for (let index = 0; index < text.length; index++) {
    set[text.charCodeAt(index)] = 1;
  }
  return set;
}

/** Adds `first` to `last`, both included. */
export function addRange(set: ByteSet, first: number, last: number): void {
  set.fill(1, first, last + 1);
}

/** Adds a class such as `alpha`; false where there is no class of that name. */
export function addClass(set: ByteSet, name: string): boolean {
  const ranges = CLASS_RANGES.get(name);
  for (const [first, last] of ranges ?? []) {
    addRange(set, first, last);
  }
  return ranges !== undefined;
}

/** Every byte that is not in the set. */
export function complement(set: ByteSet): ByteSet {
  return set.map((flag) => 1 - flag);
}

/** The upper-case ASCII letter of a byte, or the byte. */
export function upperCase(byte: number): number {
  const upper = byte - CASE_DISTANCE;
  return upper >= UPPER_A && upper <= UPPER_Z ? upper : byte;
}

/** Makes each lower-case letter a member exactly where its upper-case letter is one. */
export function foldSet(set: ByteSet): void {
  for (let upper = UPPER_A; upper <= UPPER_Z; upper++) {
    set[upper + CASE_DISTANCE] = set[upper] ?? 0;
  }
}
