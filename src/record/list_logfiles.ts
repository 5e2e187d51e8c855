/**
 * Lists the logfiles of the record, a few names at a time.
 *
 * A name of one character that is no directory is the logfile of a one-letter site that the original made (and
 * that kills the original's own refresh). Names that are no logfile names (postsuper(1) warns of them) are
 * passed over. What else is guaranteed, and how it fails: see names/list_names.ts.
 */
import type { Files } from "../effects/files.ts";
import type { OsError } from "../effects/os_error.ts";
import { listNames } from "../names/list_names.ts";
import { type LogfileName, parseLogfileName } from "../names/names.ts";
import { RECORD_DIRECTORY } from "./record_tools.ts";

/** Yields batches of names, so that the caller can do other work between two of them. */
export function listLogfiles(
  files: Files,
  unreadable: (path: string, error: OsError) => void,
): Generator<readonly LogfileName[], void, void> {
  const listing = { files, parse: parseLogfileName, unreadable, noDirectory: parseLogfileName };
  return listNames(RECORD_DIRECTORY, listing);
}
