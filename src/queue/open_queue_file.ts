/**
 * Opens a message's queue file for a change, trusting nothing about it.
 *
 * Guarantees that what is open is the one regular file at that path: no link, no second hard link,
 * not replaced between looking and opening. Whoever can put files into the queue can't make this
 * process change another file. Does not follow any symbolic link, not even root's own (the original
 * does that one, spec section 3.3).
 */

import type { Descriptor, FileStatus, Files, Path } from "../effects/files.ts";
import { errorCode, errorText, OsError } from "../effects/os_error.ts";

export type OpenedQueueFile =
  | { readonly kind: "open"; readonly file: Descriptor; readonly status: FileStatus }
  | { readonly kind: "absent" }
  /** `why` completes the log line `open PATH: WHY`. */
  | { readonly kind: "refused"; readonly why: string };

/** Opens `path` for reading and writing. Never throws OsError. */
export function openQueueFile(files: Files, path: Path): OpenedQueueFile {
  let file: Descriptor;
  try {
    file = files.open(path, { access: "both" });
  } catch (caught) {
    return openFailure(caught);
  }
  try {
    const status = files.status(file);
    const why = objection(status, files.statusOf(path));
    if (why === null) {
      return { kind: "open", file, status };
    }
    files.close(file);
    return { kind: "refused", why };
  } catch (caught) {
    files.close(file);
    return openFailure(caught);
  }
}

function openFailure(caught: unknown): OpenedQueueFile {
  if (!(caught instanceof OsError)) {
    throw caught;
  }
  switch (errorCode(caught)) {
    case "ENOENT":
      return { kind: "absent" };
    case "ELOOP":
      return { kind: "refused", why: "file is a symbolic link" };
    default:
      return { kind: "refused", why: `cannot open file: ${errorText(caught.code)}` };
  }
}

/** What is wrong with an open file, compared with what its path now names; null: nothing. */
function objection(open: FileStatus, named: FileStatus): string | null {
  if (named.kind === "link") {
    return "file is a symbolic link";
  }
  if (open.linkCount !== 1) {
    return `file has ${open.linkCount} hard links`;
  }
  if (open.kind === "directory") {
    return "file is a directory";
  }
  const same =
    open.device === named.device &&
    open.inode === named.inode &&
    open.linkCount === named.linkCount &&
    open.kind === named.kind &&
    open.mode === named.mode;
  return same ? null : "file status changed unexpectedly";
}
