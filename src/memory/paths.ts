/**
 * From a path to what it names, on a disk in memory; path_resolution(7).
 *
 * The root is the working directory of every process. Throws OsError: ENOENT (a directory on the way is
 * missing), ENOTDIR, EACCES, ELOOP, ENAMETOOLONG, EINVAL (no path at all).
 */
import { OsError } from "../effects/os_error.ts";
import type { DirectoryInode, Inode } from "./inodes.ts";
import { type Identity, requireAccess } from "./permissions.ts";

/** Linux: the closing zero counts. */
const PATH_LENGTH_MAX = 4095;
const NAME_LENGTH_MAX = 255;
/** Linux, in one path. */
const LINKS_FOLLOWED_MAX = 40;

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
export function resolve(path: string, how: Resolving): Place {
  checkPath(path, how.operation);
  const mustBeDirectory = path.endsWith("/");
  const place = walk(path, { ...how, followLink: how.followLink || mustBeDirectory });
  if (mustBeDirectory && place.inode !== null && place.inode.kind !== "directory") {
    throw new OsError("ENOTDIR", how.operation);
  }
  return { ...place, mustBeDirectory };
}

/** What a path names. Throws ENOENT where there is nothing. */
export function find(path: string, how: Resolving): Inode {
  const { inode } = resolve(path, how);
  if (inode === null) {
    throw new OsError("ENOENT", how.operation);
  }
  return inode;
}

function checkPath(path: string, operation: string): void {
  if (path.length > PATH_LENGTH_MAX) {
    throw new OsError("ENAMETOOLONG", operation);
  }
  if (NO_PATH.test(path)) {
    throw new OsError("EINVAL", operation);
  }
  if (path === "") {
    throw new OsError("ENOENT", operation);
  }
}

function walk(path: string, how: Resolving): Omit<Place, "mustBeDirectory"> {
  const ancestors: DirectoryInode[] = [];
  let directory = how.root;
  let names = namesOf(path);
  let linksFollowed = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === "..") {
      directory = ancestors.pop() ?? how.root;
      continue;
    }
    const inode = look(directory, name, how);
    const isLast = names.length === 0;
    if (inode?.kind === "link" && (how.followLink || !isLast)) {
      linksFollowed++;
      if (linksFollowed > LINKS_FOLLOWED_MAX) {
        throw new OsError("ELOOP", how.operation);
      }
      if (inode.target.startsWith("/")) {
        ancestors.length = 0;
        directory = how.root;
      }
      names = [...namesOf(inode.target), ...names];
      continue;
    }
    if (isLast) {
      return { ancestors: [...ancestors, directory], directory, name, inode };
    }
    ancestors.push(directory);
    directory = requireDirectory(inode, how.operation);
  }
  return { ancestors: [...ancestors, directory], directory, name: ".", inode: directory };
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

function look(directory: DirectoryInode, name: string, how: Resolving): Inode | null {
  requireAccess(directory, SEARCH, how.identity, how.operation);
  if (name.length > NAME_LENGTH_MAX) {
    throw new OsError("ENAMETOOLONG", how.operation);
  }
  return directory.entries.get(name) ?? null;
}

function requireDirectory(inode: Inode | null, operation: string): DirectoryInode {
  if (inode === null) {
    throw new OsError("ENOENT", operation);
  }
  if (inode.kind !== "directory") {
    throw new OsError("ENOTDIR", operation);
  }
  return inode;
}
