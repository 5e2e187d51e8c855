/**
 * What statx(2) says of a file, as a FileStatus. Throws OsError.
 *
 * statx and not stat, because struct statx is the same on every processor. `device` tells file
 * systems apart and equals no st_dev.
 */
import type { FileKind, FileStatus } from "../effects/files.ts";
import { absentElseThrow, errno, libc, throwErrno } from "./libc.ts";

/** Bytes of struct statx. */
const STATX_BYTES = 256;
/** STATX_BASIC_STATS: all that stat(2) would give. */
const STATX_MASK = 0x7ff;
/** For whoever only wants to know whether there is something. */
const STATX_NOTHING = 0;

const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const TYPE_BITS = 0o170000;
const PERMISSION_BITS = 0o7777;

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const EMPTY_PATH = new Uint8Array(new ArrayBuffer(1));

/** A struct statx to be filled by the kernel. Indices are offsets divided by the element's size. */
class StatusReader {
  readonly #bytes = new Uint8Array(new ArrayBuffer(STATX_BYTES));
  readonly #words = new Uint32Array(this.#bytes.buffer);

  /** fstat(2). */
  ofDescriptor(descriptor: number): FileStatus {
    return this.#statx(descriptor, EMPTY_PATH, AT_EMPTY_PATH, "fstat");
  }

  /** stat(2) or lstat(2) of a path as a C string. */
  ofPath(path: Uint8Array, followLink: boolean): FileStatus {
    return followLink
      ? this.#statx(AT_FDCWD, path, 0, "stat")
      : this.#statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, "lstat");
  }

  /** Whether there is anything at a path as a C string; a link counts for itself. */
  isThere(path: Uint8Array): boolean {
    const result = libc.statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_NOTHING, this.#bytes);
    return result === 0 || absentElseThrow(errno[0], "lstat");
  }

  #statx(directory: number, path: Uint8Array, flags: number, operation: string): FileStatus {
    if (libc.statx(directory, path, flags, STATX_MASK, this.#bytes) < 0) {
      throwErrno(errno[0], operation);
    }
    return new WordsStatus(this.#words.slice(0, STATUS_WORDS));
  }
}

/** Where something stands in a struct statx, in 32-bit words. What is longer has its lower half there. */
const WORD = {
  linkCount: 4,
  uid: 5,
  gid: 6,
  mode: 7,
  inode: 8,
  sizeBytes: 10,
  atime: 16,
  ctime: 24,
  mtime: 28,
  deviceMajor: 34,
  deviceMinor: 35,
} as const;

/** So many are of use. */
const STATUS_WORDS = 36;

const WORD_VALUES = 2 ** 32;

/**
 * Copied at once, and made out when it is asked for: each time of nanoseconds takes four BigInts, which are objects, and
 * whoever looks at a log wants one of them or none.
 */
class WordsStatus implements FileStatus {
  readonly #words: Uint32Array;

  constructor(words: Uint32Array) {
    this.#words = words;
  }

  get kind(): FileKind {
    return kindOf(this.#word(WORD.mode));
  }

  get mode(): number {
    return this.#word(WORD.mode) & PERMISSION_BITS;
  }

  get uid(): number {
    return this.#word(WORD.uid);
  }

  get gid(): number {
    return this.#word(WORD.gid);
  }

  get linkCount(): number {
    return this.#word(WORD.linkCount);
  }

  get device(): bigint {
    return (BigInt(this.#word(WORD.deviceMajor)) << 32n) | BigInt(this.#word(WORD.deviceMinor));
  }

  get inode(): bigint {
    return (BigInt(this.#word(WORD.inode + 1)) << 32n) | BigInt(this.#word(WORD.inode));
  }

  get sizeBytes(): number {
    return this.#word(WORD.sizeBytes + 1) * WORD_VALUES + this.#word(WORD.sizeBytes);
  }

  get atimeNs(): bigint {
    return this.#time(WORD.atime);
  }

  get mtimeNs(): bigint {
    return this.#time(WORD.mtime);
  }

  get ctimeNs(): bigint {
    return this.#time(WORD.ctime);
  }

  #word(at: number): number {
    return this.#words[at] ?? 0;
  }

  /** A struct statx_timestamp: signed seconds of 64 bits, and nanoseconds. */
  #time(at: number): bigint {
    const seconds = (this.#word(at + 1) | 0) * WORD_VALUES + this.#word(at);
    return BigInt(seconds) * NANOSECONDS_PER_SECOND + BigInt(this.#word(at + 2));
  }
}

/** Of one thread: what a call has read is taken out before it returns. */
export const STATUSES = new StatusReader();

function kindOf(mode: number): FileKind {
  switch (mode & TYPE_BITS) {
    case 0o100000:
      return "file";
    case 0o040000:
      return "directory";
    case 0o120000:
      return "link";
    case 0o010000:
      return "fifo";
    case 0o140000:
      return "socket";
    default:
      return "other";
  }
}
