/**
 * Lists the logfiles of the record, a few names at a time.
 *
 * As in the original, a name of one character is a hashed directory; where it is none, it is the
 * logfile of a one-letter site that the original made (and that kills the original's own refresh).
 * Names that are no logfile names (postsuper(1) warns of them) are passed over. Logs that come or go
 * while the listing runs may or may not be seen.
 *
 * Throws OsError where the record's own directory can't be read; a hashed directory that can't be
 * read is reported to `unreadable` and passed over.
 */
import type { DirectoryReader, Files } from "../effects/files.ts";
import { errorCode, OsError } from "../effects/os_error.ts";
import { type LogfileName, parseLogfileName } from "../names/names.ts";
import { RECORD_DIRECTORY } from "./record_tools.ts";

/** Names read at once: a fraction of a millisecond's work. */
const NAMES_AT_ONCE = 200;

/** Yields batches of names, so that the caller can do other work between two of them. */
export function* listLogfiles(
  files: Files,
  unreadable: (path: string, error: OsError) => void,
): Generator<readonly LogfileName[], void, void> {
  const root = files.openDirectory(RECORD_DIRECTORY);
  yield* listDirectory(files, RECORD_DIRECTORY, root, unreadable);
}

function* listDirectory(
  files: Files,
  directory: string,
  reader: DirectoryReader,
  unreadable: (path: string, error: OsError) => void,
): Generator<readonly LogfileName[], void, void> {
  const below: string[] = [];
  try {
    for (
      let names = reader.next(NAMES_AT_ONCE);
      names.length > 0;
      names = reader.next(NAMES_AT_ONCE)
    ) {
      below.push(...names.filter((name) => name.length === 1));
      yield names.flatMap((name) => (name.length === 1 ? [] : (parseLogfileName(name) ?? [])));
    }
  } finally {
    reader.close();
  }
  for (const name of below) {
    yield* listBelow(files, `${directory}/${name}`, name, unreadable);
  }
}

function* listBelow(
  files: Files,
  path: string,
  name: string,
  unreadable: (path: string, error: OsError) => void,
): Generator<readonly LogfileName[], void, void> {
  let reader: DirectoryReader;
  try {
    reader = files.openDirectory(path);
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    if (errorCode(caught) === "ENOTDIR") {
      const logfile = parseLogfileName(name);
      yield logfile === null ? [] : [logfile];
    } else if (caught.code !== "ENOENT") {
      unreadable(path, caught);
    }
    return;
  }
  yield* listDirectory(files, path, reader, unreadable);
}
