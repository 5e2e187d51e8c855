/**
 * Whether a file of the queue may be there: one that can't be looked at for another reason than being absent counts as
 * there, so that what is in doubt is never taken for gone. Looks, and changes nothing. Never throws OsError.
 */
import type { Files, Path } from "../effects/files.ts";
import { errorCode } from "../effects/os_error.ts";

/** `path` is relative to the queue directory. */
export function mayBeThere(files: Pick<Files, "isThere">, path: Path): boolean {
  try {
    return files.isThere(path);
  } catch (caught) {
    if (errorCode(caught) === "") {
      throw caught;
    }
    return true;
  }
}
