/**
 * Opens a file of the mail queue to be read, hands it over, and closes it again.
 *
 * Trusts nothing about the path: no link is followed, no FIFO waited for, and what is no regular file is
 * not read. Leaves the file's atime alone: what is another user's, who alone may ask for that, is unreadable.
 * Whatever the operating system objects to is "absent" or "unreadable". Never throws OsError; what the reader throws
 * otherwise passes through.
 */
import type { Descriptor, FileStatus, Files, Path } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";

/** Why there is nothing to be had from a file. */
export type NotRead =
  | { readonly kind: "absent" }
  /** `why` completes a log line: `PATH: WHY`. `mayPass`: it is no fault of the file, which may be read at another time. */
  | { readonly kind: "unreadable"; readonly why: string; readonly mayPass?: true };

/** What the machine lacks at the moment, or can't do, whatever the file. */
const PASSING = new Set([
  ...["EAGAIN", "EINTR", "EIO", "EMFILE", "ENFILE", "ENOMEM", "ESTALE", "ETIMEDOUT"],
]);

/**
 * Reads a file by means of `read`, which gets it open and with its status; or of `glance`, which is asked before and gets
 * it open, whatever it is: null where that says nothing.
 */
export function readFile<Reading>(
  files: Files,
  path: Path,
  read: (file: Descriptor, status: FileStatus) => Reading,
  glance: (file: Descriptor) => Reading | null = () => null,
): Reading | NotRead {
  try {
    const file = files.open(path, { access: "read", keepAtime: true });
    try {
      const seen = glance(file);
      if (seen !== null) {
        return seen;
      }
      const status = files.status(file);
      return status.kind === "file"
        ? read(file, status)
        : { kind: "unreadable", why: `is a ${status.kind}, not a regular file` };
    } finally {
      files.close(file);
    }
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    if (caught.code === "ENOENT") {
      return { kind: "absent" };
    }
    const unreadable = { kind: "unreadable", why: caught.message } as const;
    return PASSING.has(caught.code) ? { ...unreadable, mayPass: true } : unreadable;
  }
}
