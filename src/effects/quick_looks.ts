/**
 * Looking at very many files at little cost: what tells whether one is as it was, as a few numbers in an array.
 *
 * A stamp is so many words of 32 bits, laid out as `STAMP` says. Two that are alike are of one file that nobody has
 * changed in between, as far as the clock of the file system can tell (see `isFresh` in index/stamps.ts). Paths
 * are relative to the queue directory, links are not followed. All functions throw OsError.
 */
import type { Descriptor } from "./files.ts";

/** Where in a stamp what stands. 64 bits take two words, the lower one first. */
export const STAMP = {
  inode: 0,
  mtimeSeconds: 2,
  mtimeNs: 4,
  ctimeSeconds: 5,
  ctimeNs: 7,
  sizeBytes: 8,
  /** Type and permissions, as in st_mode. */
  mode: 10,
  device: 11,
} as const;

export const STAMP_WORDS = 12;

/** Files of a directory as they once were, in some order. */
export interface KnownFiles {
  /** Names as bytes, one behind the other; where each ends. */
  readonly names: Uint8Array;
  readonly nameEnds: Uint32Array;
  /** A stamp for each. */
  readonly stamps: Uint32Array;
}

export interface QuickLooks {
  /** Puts the stamp of what has this path into `into`, from `at` on. False: there is nothing of that name. */
  lookAt(path: string, into: Uint32Array, at: number): boolean;
  openDirectory(path: string): OpenDirectory;
}

/** A directory that is open: what is looked at in it is not looked for by its path. */
export interface OpenDirectory {
  /** The directory's own stamp. */
  look(into: Uint32Array, at: number): void;
  /** That of a name in it. False: it isn't there. */
  lookAt(name: string, into: Uint32Array, at: number): boolean;
  /** Opens a file in it to be read, without waiting; atime stays (O_NOATIME), links are not followed. */
  open(name: string): Descriptor;
  /** The stamp of a file that is open. */
  lookInto(file: Descriptor, into: Uint32Array, at: number): void;
  /**
   * Passes over the next names for as long as each is the next of `known`, from number `first` on and up to `end`, and
   * its stamp is what it was. Returns how many. Whatever comes then, trouble with looking at it included, `nextNames` gives:
   * before `end`, that is another name than the one that was known, or the same with another stamp.
   */
  passAlike(known: KnownFiles, first: number, end: number): number;
  /** The next names, without `.` and `..`, at most `countMax`; empty at the end. */
  nextNames(countMax: number): readonly string[];
  close(): void;
}
