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
  readonly #u16 = new Uint16Array(this.#bytes.buffer);
  readonly #u32 = new Uint32Array(this.#bytes.buffer);
  readonly #u64 = new BigUint64Array(this.#bytes.buffer);
  readonly #i64 = new BigInt64Array(this.#bytes.buffer);

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
    const mode = this.#u16[14] ?? 0;
    return {
      kind: kindOf(mode),
      mode: mode & PERMISSION_BITS,
      uid: this.#u32[5] ?? 0,
      gid: this.#u32[6] ?? 0,
      linkCount: this.#u32[4] ?? 0,
      device: (BigInt(this.#u32[34] ?? 0) << 32n) | BigInt(this.#u32[35] ?? 0),
      inode: this.#u64[4] ?? 0n,
      sizeBytes: Number(this.#u64[5]),
      atimeNs: this.#time(8),
      mtimeNs: this.#time(14),
      ctimeNs: this.#time(12),
    };
  }

  /** A struct statx_timestamp, `index` in units of eight bytes. */
  #time(index: number): bigint {
    const seconds = this.#i64[index] ?? 0n;
    return seconds * NANOSECONDS_PER_SECOND + BigInt(this.#u32[index * 2 + 2] ?? 0);
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
