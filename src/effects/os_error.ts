/**
 * The one error that every effect throws when the operating system says no.
 *
 * Guarantees: `code` is the errno name ("ENOENT"), the same from the real effects and from their
 * twins in memory, so that logic can branch on it; `text` is what strerror(3) of the C library says,
 * which is what operators grep for. Does not carry stack traces into logs: `message` is the
 * operation, a colon, the text.
 */

/** strerror(3) texts (glibc) of the errors that file and socket calls of this program can meet. */
const TEXT_BY_CODE = {
  EACCES: "Permission denied",
  EAGAIN: "Resource temporarily unavailable",
  EADDRNOTAVAIL: "Cannot assign requested address",
  EBADF: "Bad file descriptor",
  EBUSY: "Device or resource busy",
  ECONNREFUSED: "Connection refused",
  ECONNRESET: "Connection reset by peer",
  EDQUOT: "Disk quota exceeded",
  EEXIST: "File exists",
  EFBIG: "File too large",
  EHOSTUNREACH: "No route to host",
  EINTR: "Interrupted system call",
  EINVAL: "Invalid argument",
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  EMFILE: "Too many open files",
  EMLINK: "Too many links",
  EMSGSIZE: "Message too long",
  ENAMETOOLONG: "File name too long",
  ENETUNREACH: "Network is unreachable",
  ENFILE: "Too many open files in system",
  ENOBUFS: "No buffer space available",
  ENOENT: "No such file or directory",
  ENOLCK: "No locks available",
  ENOMEM: "Cannot allocate memory",
  ENOSPC: "No space left on device",
  ENOTCONN: "Transport endpoint is not connected",
  ENOTDIR: "Not a directory",
  ENOTEMPTY: "Directory not empty",
  ENOTSUP: "Operation not supported",
  ENXIO: "No such device or address",
  EPERM: "Operation not permitted",
  EPIPE: "Broken pipe",
  EPROTOTYPE: "Protocol wrong type for socket",
  EROFS: "Read-only file system",
  ESPIPE: "Illegal seek",
  ESRCH: "No such process",
  ESTALE: "Stale file handle",
  ETIMEDOUT: "Connection timed out",
  ETXTBSY: "Text file busy",
  EXDEV: "Invalid cross-device link",
} as const;

/** strerror(3) text for an errno name; an unlisted name is returned as it is. */
export function errorText(code: string): string {
  return (TEXT_BY_CODE as Readonly<Record<string, string>>)[code] ?? code;
}

export class OsError extends Error {
  override readonly name = "OsError";
  /** errno name, such as "ENOENT". */
  readonly code: string;
  /** The system call that failed, such as "open". */
  readonly operation: string;

  constructor(code: string, operation: string) {
    super(`${operation}: ${errorText(code)}`);
    this.code = code;
    this.operation = operation;
  }

  /** What strerror(3) says of it. */
  get text(): string {
    return errorText(this.code);
  }
}

/** The errno name of a caught value, or "" where it is no OsError (then it is a bug: rethrow it). */
export function errorCode(caught: unknown): string {
  return caught instanceof OsError ? caught.code : "";
}

/** False where what is to be done meets ENOENT, else true. */
export function unlessAbsent(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (caught) {
    if (errorCode(caught) !== "ENOENT") {
      throw caught;
    }
    return false;
  }
}
