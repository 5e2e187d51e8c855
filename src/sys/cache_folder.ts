/**
 * The folder that the index is kept in: made where it is missing, and refused unless it is this user's alone.
 *
 * Whoever may write into it could put anything in the index's place. Throws StoreFault.
 */
import type { FileStatus } from "../effects/files.ts";
import { StoreFault } from "../effects/index_store.ts";
import { errorCode, OsError } from "../effects/os_error.ts";
import { doubtOfFolder, OWN_FOLDER_MODE } from "../names/own_folder.ts";
import { STATUSES } from "./file_status.ts";
import { errno, libc, throwErrno } from "./libc.ts";
import { PathBuffer } from "./path_buffer.ts";

/** What an operating system says who may not do something, and might if he were another. */
const NOT_PERMITTED: ReadonlySet<string> = new Set(["EACCES", "EPERM"]);

/** Sees to it that this folder (a byte string) can be used. */
export function requireCacheFolder(folder: string): void {
  try {
    const doubt = doubtOfFolder(folder, statusOf(folder), [libc.geteuid()]);
    if (doubt !== null) {
      throw new StoreFault(doubt.isForeign ? "foreign" : "trouble", doubt.why);
    }
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    const kind = NOT_PERMITTED.has(caught.code) ? "foreign" : "trouble";
    throw new StoreFault(kind, `${folder}: ${caught.text}`);
  }
}

/** Of the folder, which is made where it is missing. */
function statusOf(folder: string): FileStatus {
  const path = new PathBuffer().encode(folder, "mkdir");
  const failure = libc.mkdir(path, OWN_FOLDER_MODE) < 0 ? errno[0] : undefined;
  try {
    return STATUSES.ofPath(path, false);
  } catch (caught) {
    // Why it could not be made says more.
    if (errorCode(caught) === "ENOENT") {
      throwErrno(failure, "mkdir");
    }
    throw caught;
  }
}
