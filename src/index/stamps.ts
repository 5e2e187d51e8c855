/**
 * Stamps of files (effects/quick_looks.ts), and how far they are to be trusted. Pure.
 *
 * What a running Postfix 3.7 was seen to do with deferred messages: a retry moves the queue file out of its directory
 * and back, with the same inode, a new mtime (the next try) and a new ctime, and before that writes the defer file anew;
 * `postsuper -h`, `-H`, `-r`, `-d`, `postqueue -f`, `-i` and a delivery move it too, `-H` with its old mtime. All of these
 * change the ctime of the file and the mtime and ctime of the directory. `postsuper -e` changes the file's mode in its
 * place, and nothing else. So a directory whose stamp is what it was has the messages that it had, and a file whose
 * stamp is what it was is the message that it was.
 *
 * Except: the file system's clock goes in ticks of up to 10 ms, so that what has changed just before it was looked at
 * may change once more and keep its stamp. Such a stamp is marked as like no other ("racy", as git has it).
 */
import { STAMP, STAMP_WORDS } from "../effects/quick_looks.ts";

/** Two ticks of the slowest clock that Linux has. */
const TICKS_MS = 20;

/** No time has as many nanoseconds. */
const NO_NANOSECONDS = 0xffffffff;

const WORD = 2 ** 32;
const MS_PER_SECOND = 1000;
const NS_PER_MS = 1_000_000;

/** Of open(2) and mkdir(2), as in st_mode. */
const TYPE_BITS = 0o170000;
const REGULAR_FILE = 0o100000;
const DIRECTORY = 0o040000;

/** Whether two stamps are alike. */
export function areAlike(
  one: Uint32Array,
  at: number,
  other: Uint32Array,
  otherAt: number,
): boolean {
  for (let word = 0; word < STAMP_WORDS; word++) {
    if (one[at + word] !== other[otherAt + word]) {
      return false;
    }
  }
  return true;
}

/** Marks a stamp that was taken at `nowMs` or later if the file may change and keep it. */
export function distrustIfRacy(stamp: Uint32Array, at: number, nowMs: number): void {
  const seconds = number64(stamp, at + STAMP.ctimeSeconds);
  const changedMs = seconds * MS_PER_SECOND + (stamp[at + STAMP.ctimeNs] ?? 0) / NS_PER_MS;
  if (changedMs > nowMs - TICKS_MS) {
    distrust(stamp, at);
  }
}

/** Makes a stamp that is like none that will be taken. */
export function distrust(stamp: Uint32Array, at: number): void {
  stamp[at + STAMP.ctimeNs] = NO_NANOSECONDS;
}

/** The mtime, in whole seconds since the epoch. */
export function mtimeSecondsOf(stamp: Uint32Array, at: number): number {
  return number64(stamp, at + STAMP.mtimeSeconds);
}

/** The size of the file. */
export function sizeBytesOf(stamp: Uint32Array, at: number): number {
  return number64(stamp, at + STAMP.sizeBytes);
}

/** Permission bits. */
export function modeOf(stamp: Uint32Array, at: number): number {
  return (stamp[at + STAMP.mode] ?? 0) & ~TYPE_BITS;
}

/** Whether it is of a regular file. */
export function isRegularFile(stamp: Uint32Array, at: number): boolean {
  return ((stamp[at + STAMP.mode] ?? 0) & TYPE_BITS) === REGULAR_FILE;
}

/** Whether it is of a directory. */
export function isDirectory(stamp: Uint32Array, at: number): boolean {
  return ((stamp[at + STAMP.mode] ?? 0) & TYPE_BITS) === DIRECTORY;
}

/** A signed number of 64 bits. */
function number64(words: Uint32Array, at: number): number {
  return ((words[at + 1] ?? 0) | 0) * WORD + (words[at] ?? 0);
}
