/**
 * Lists the names of a queue, or of the record, a few at a time: hashed and flat directories.
 *
 * As in Postfix, a name of one character is a hashed directory. What is no name (its syntax is that of queue
 * IDs) is passed over. Names that come or go while the listing runs may or may not be seen.
 *
 * Throws OsError where the top directory can't be read; a directory below it is reported to `unreadable` and
 * passed over.
 */
import type { DirectoryReader, Files } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";

/** Names read at once: a fraction of a millisecond's work. */
const NAMES_AT_ONCE = 200;

/** What is made of the names that are found. */
export interface Listing<Name> {
  readonly files: Files;
  /** Null: it is none of those that are listed. */
  readonly parse: (text: string) => Name | null;
  /** Told of directories that can't be read. */
  readonly unreadable: (path: string, error: OsError) => void;
  /** What a name of one character is where it is no directory; nothing unless given. */
  readonly noDirectory?: (text: string) => Name | null;
}

/** Yields batches of names, so that the caller can do other work between two of them. */
export function* listNames<Name>(
  directory: string,
  listing: Listing<Name>,
): Generator<readonly Name[], void, void> {
  yield* listDirectory(directory, listing.files.openDirectory(directory), listing);
}

function* listDirectory<Name>(
  directory: string,
  reader: DirectoryReader,
  listing: Listing<Name>,
): Generator<readonly Name[], void, void> {
  const below: string[] = [];
  try {
    for (
      let names = reader.next(NAMES_AT_ONCE);
      names.length > 0;
      names = reader.next(NAMES_AT_ONCE)
    ) {
      below.push(...names.filter((name) => name.length === 1));
      yield names.flatMap((name) => (name.length === 1 ? [] : (listing.parse(name) ?? [])));
    }
  } finally {
    reader.close();
  }
  for (const name of below) {
    yield* listBelow(`${directory}/${name}`, name, listing);
  }
}

function* listBelow<Name>(
  path: string,
  name: string,
  listing: Listing<Name>,
): Generator<readonly Name[], void, void> {
  let reader: DirectoryReader;
  try {
    reader = listing.files.openDirectory(path);
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    if (caught.code === "ENOTDIR") {
      const found = listing.noDirectory?.(name) ?? null;
      yield found === null ? [] : [found];
    } else if (caught.code !== "ENOENT") {
      listing.unreadable(path, caught);
    }
    return;
  }
  try {
    yield* listDirectory(path, reader, listing);
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    listing.unreadable(path, caught);
  }
}
