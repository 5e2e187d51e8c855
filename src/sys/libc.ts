/**
 * The C library: every function of it that this program calls, bound in one place (but one: quick_start.ts).
 *
 * To add one: a line in the table below (arguments and result as in its manual page, by the type
 * names explained there), then call `libc.NAME(...)`, and where the result says failure read `errno[0]`
 * in the same expression or the one behind it, before any other call: at the beginning of every function
 * the garbage collector may set errno (seen once in some ten million calls). All is resolved when this file
 * is imported (under a millisecond), so that nothing has to be loaded in the jail.
 *
 * Only glibc on 64-bit Linux, and only symbols that glibc 2.28 has (the oldest system that ships
 * Postfix 3.5): one missing symbol fails the import as a whole. Where memory that is writable and
 * executable is forbidden, the import fails too: bun:ffi compiles its calls.
 */
import { dlopen, FFIType, toArrayBuffer } from "bun:ffi";
import { OsError } from "../effects/os_error.ts";

/** int, and ssize_t too: Linux moves less than 2^31 bytes a call. */
const int = FFIType.i32;
const unsigned = FFIType.u32;
/** off_t; a JavaScript number will do. */
const offset = FFIType.i64;
const size = FFIType.u64;
/** Any pointer: a typed array, which must live on for as long as C looks at it. */
const pointer = FFIType.ptr;

const library = dlopen("libc.so.6", {
  __errno_location: { args: [], returns: pointer },

  open: { args: [pointer, int, unsigned], returns: int },
  openat: { args: [int, pointer, int, unsigned], returns: int },
  close: { args: [int], returns: int },
  dup: { args: [int], returns: int },
  flock: { args: [int, int], returns: int },
  pread: { args: [int, pointer, size, offset], returns: int },
  pwrite: { args: [int, pointer, size, offset], returns: int },
  write: { args: [int, pointer, size], returns: int },
  ftruncate: { args: [int, offset], returns: int },
  fchmod: { args: [int, unsigned], returns: int },
  statx: { args: [int, pointer, int, unsigned, pointer], returns: int },
  getdirentries64: { args: [int, pointer, size, pointer], returns: int },

  futimens: { args: [int, pointer], returns: int },
  utimensat: { args: [int, pointer, pointer, int], returns: int },
  rename: { args: [pointer, pointer], returns: int },
  unlink: { args: [pointer], returns: int },
  mkdir: { args: [pointer, unsigned], returns: int },
  lchown: { args: [pointer, unsigned, unsigned], returns: int },

  socket: { args: [int, int, int], returns: int },
  bind: { args: [int, pointer, unsigned], returns: int },
  listen: { args: [int, int], returns: int },
  socketpair: { args: [int, int, int, pointer], returns: int },
  accept4: { args: [int, pointer, pointer, int], returns: int },
  connect: { args: [int, pointer, unsigned], returns: int },
  send: { args: [int, pointer, size, int], returns: int },
  recv: { args: [int, pointer, size, int], returns: int },
  getsockopt: { args: [int, int, int, pointer, pointer], returns: int },
  epoll_create1: { args: [int], returns: int },
  epoll_ctl: { args: [int, int, int, pointer], returns: int },
  epoll_wait: { args: [int, pointer, int, int], returns: int },
  poll: { args: [pointer, size, int], returns: int },
  read: { args: [int, pointer, size], returns: int },

  getpwnam: { args: [pointer], returns: pointer },
  geteuid: { args: [], returns: unsigned },
  getegid: { args: [], returns: unsigned },
  initgroups: { args: [pointer, unsigned], returns: int },
  setgid: { args: [unsigned], returns: int },
  setuid: { args: [unsigned], returns: int },
  chroot: { args: [pointer], returns: int },
  chdir: { args: [pointer], returns: int },
  localtime_r: { args: [pointer, pointer], returns: pointer },
  getrlimit: { args: [int, pointer], returns: int },
  gethostname: { args: [pointer, size], returns: int },
  isatty: { args: [int], returns: int },
  _exit: { args: [int], returns: FFIType.void },
  fcntl: { args: [int, int], returns: int },
  ioctl: { args: [int, size, pointer], returns: int },
  alarm: { args: [unsigned], returns: unsigned },
});

export const libc = library.symbols;

const ENOENT = 2;

/** Error numbers of Linux (asm-generic: x86_64 and aarch64 agree) that os_error.ts has a text for. */
const NAME_BY_ERRNO: readonly (string | undefined)[] = namesByNumber({
  EPERM: 1,
  ENOENT,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ETXTBSY: 26,
  EFBIG: 27,
  ENOSPC: 28,
  ESPIPE: 29,
  EROFS: 30,
  EMLINK: 31,
  EPIPE: 32,
  ENAMETOOLONG: 36,
  ENOLCK: 37,
  ENOTEMPTY: 39,
  ELOOP: 40,
  EMSGSIZE: 90,
  EPROTOTYPE: 91,
  ENOTSUP: 95,
  EADDRNOTAVAIL: 99,
  ENETUNREACH: 101,
  ECONNRESET: 104,
  ENOBUFS: 105,
  ENOTCONN: 107,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  ESTALE: 116,
  EDQUOT: 122,
});

function namesByNumber(numbers: Readonly<Record<string, number>>): (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (const [name, number] of Object.entries(numbers)) {
    names[number] = name;
  }
  return names;
}

/** errno of this thread, as it is now: its only element. */
export const errno: Readonly<Int32Array> = errnoOfThread();

function errnoOfThread(): Int32Array {
  const location = libc.__errno_location();
  if (location === null) {
    throw new Error("bind the C library: no errno");
  }
  return new Int32Array(toArrayBuffer(location, 0, Int32Array.BYTES_PER_ELEMENT));
}

/** Name of an error number, such as "ENOENT"; "errno 61" for an unlisted one. */
export function errnoName(number: number | undefined): string {
  return NAME_BY_ERRNO[number ?? 0] ?? `errno ${number}`;
}

/** False where an error number says that there is nothing of a name; throws any other as throwErrno does. */
export function absentElseThrow(number: number | undefined, operation: string): false {
  return number === ENOENT ? false : throwErrno(number, operation);
}

/** The result of a C call, unless it is negative: then the error, read at once behind it, is thrown. */
export function check(result: number, error: number | undefined, operation: string): number {
  return result < 0 ? throwErrno(error, operation) : result;
}

/** Throws an error number as an OsError of that operation. */
export function throwErrno(number: number | undefined, operation: string): never {
  throw new OsError(errnoName(number), operation);
}
