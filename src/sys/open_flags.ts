/**
 * Flags of open(2), on Linux.
 *
 * A table of our own because node:fs lacks two of them, and because loading node:fs costs 1.5 ms of a
 * start-up that master(8) waits for. Two differ between processors; all others are asm-generic.
 */
const IS_ARM64 = process.arch === "arm64";

export const ACCESS_FLAG = { read: 0, write: 1, both: 2 } as const;

export const OPEN_FLAG = {
  /** O_CREAT. */
  create: 0o100,
  /** O_EXCL. */
  exclusive: 0o200,
  /** O_APPEND. */
  append: 0o2000,
  /** O_NONBLOCK. */
  nonBlocking: 0o4000,
  /** O_DIRECTORY. */
  directory: IS_ARM64 ? 0o40000 : 0o200000,
  /** O_NOFOLLOW. */
  noFollow: IS_ARM64 ? 0o100000 : 0o400000,
  /** O_NOATIME. */
  keepAtime: 0o1000000,
  /** O_PATH: to name a file, not to read it. */
  pathOnly: 0o10000000,
  /** O_CLOEXEC. */
  closeOnExec: 0o2000000,
} as const;

/** Of flock(2): alone, and without waiting. */
export const LOCK_EX_NB = 2 | 4;
