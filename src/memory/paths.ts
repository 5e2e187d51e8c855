/**
 * From a path to what it names, on a disk in memory; path_resolution(7).
 *
 * The root is the working directory of every process. Throws OsError: ENOENT (a directory on the way is
 * missing), ENOTDIR, EACCES, ELOOP, ENAMETOOLONG, EINVAL (no path at all).
 */
import type { Path } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import type { DirectoryInode, Inode } from "./inodes.ts";
import { type Identity, requireAccess } from "./permissions.ts";

/** Linux: the closing zero counts. */
const PATH_LENGTH_MAX = 4095;
const NAME_LENGTH_MAX = 255;
/** Linux, in one path. */
const LINKS_FOLLOWED_MAX = 40;

/** Paths whose names are kept: some hundred kilobytes. */
const KNOWN_NAMES_MAX = 1000;
const KNOWN_NAMES = new Map<string, readonly string[]>();

const NO_PATH = /[^\x01-\xff]/;
const SEARCH = 1;

/** Where a path leads. */
export interface Place {
  /** From the root to the directory that holds the name. */
  readonly ancestors: readonly DirectoryInode[];
  readonly directory: DirectoryInode;
  /** The last name of the path; "." where the path names a directory by other means. */
  readonly name: string;
  /** What has the name, or null. */
  readonly inode: Inode | null;
  /** The path ended in a slash. */
  readonly mustBeDirectory: boolean;
}

/** Who asks for what path, and how. */
export interface Resolving {
  readonly root: DirectoryInode;
  readonly identity: Identity;
  /** The operation that errors are said to be of. */
  readonly operation: string;
  /** Go on where the last name is a link. */
  readonly followLink: boolean;
}

/** Where a path leads, also where nothing is there yet. */
export function resolve(path: Path, how: Resolving): Place {
  const place = walk(String(path), how);
  if (place === null) {
    throw new OsError("ENOENT", how.operation);
  }
  return place;
}

/** What a path names. Throws ENOENT where there is nothing. */
export function find(path: Path, how: Resolving): Inode {
  const inode = look(path, how);
  if (inode === null) {
    throw new OsError("ENOENT", how.operation);
  }
  return inode;
}

/** What a path names; null where there is nothing, nor a directory on the way. */
export function look(path: Path, how: Resolving): Inode | null {
  return walk(String(path), how)?.inode ?? null;
}

function checkPath(path: string, operation: string): void {
  if (path.length > PATH_LENGTH_MAX) {
    throw new OsError("ENAMETOOLONG", operation);
  }
  if (NO_PATH.test(path)) {
    throw new OsError("EINVAL", operation);
  }
}

/** Null: a directory on the way is missing, or there is no way at all. */
function walk(path: string, how: Resolving): Place | null {
  checkPath(path, how.operation);
  if (path === "") {
    return null;
  }
  const mustBeDirectory = path.endsWith("/");
  const ancestors: DirectoryInode[] = [];
  let directory = how.root;
  let names = namesOf(path);
  let linksFollowed = 0;
  for (let at = 0; at < names.length; at++) {
    const name = names[at] ?? "";
    if (name === "..") {
      directory = ancestors.pop() ?? how.root;
      continue;
    }
    const inode = enter(directory, name, how);
    const isLast = at === names.length - 1;
    if (inode?.kind === "link" && (how.followLink || mustBeDirectory || !isLast)) {
      linksFollowed++;
      if (linksFollowed > LINKS_FOLLOWED_MAX) {
        throw new OsError("ELOOP", how.operation);
      }
      if (inode.target.startsWith("/")) {
        ancestors.length = 0;
        directory = how.root;
      }
      names = [...namesOf(inode.target), ...names.slice(at + 1)];
      at = -1;
      continue;
    }
    ancestors.push(directory);
    if (isLast) {
      if (mustBeDirectory && inode !== null) {
        requireDirectory(inode, how.operation);
      }
      return { ancestors, directory, name, inode, mustBeDirectory };
    }
    if (inode === null) {
      return null;
    }
    directory = requireDirectory(inode, how.operation);
  }
  ancestors.push(directory);
  return { ancestors, directory, name: ".", inode: directory, mustBeDirectory };
}

/** The names that a path is made of; a test looks at the same paths again and again. */
function namesOf(path: string): readonly string[] {
  let names = KNOWN_NAMES.get(path);
  if (names === undefined) {
    names = path.split("/").filter((name) => name !== "" && name !== ".");
    if (KNOWN_NAMES.size < KNOWN_NAMES_MAX) {
      KNOWN_NAMES.set(path, names);
    }
  }
  return names;
}

function enter(directory: DirectoryInode, name: string, how: Resolving): Inode | null {
  requireAccess(directory, SEARCH, how.identity, how.operation);
  if (name.length > NAME_LENGTH_MAX) {
    throw new OsError("ENAMETOOLONG", how.operation);
  }
  return directory.entries.get(name) ?? null;
}

function requireDirectory(inode: Inode, operation: string): DirectoryInode {
  if (inode.kind !== "directory") {
    throw new OsError("ENOTDIR", operation);
  }
  return inode;
}
