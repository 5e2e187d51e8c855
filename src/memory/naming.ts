/**
 * Names on a disk in memory: making them, moving them, taking them away; link counts and directories' times
 * go along. Permissions are the caller's business.
 */
import { OsError } from "../effects/os_error.ts";
import type { DirectoryInode, FileInode, Inode, InodeTable, Ownership } from "./inodes.ts";
import type { Place } from "./paths.ts";

/** Gives a new name to an inode. Throws EEXIST. */
export function bind(table: InodeTable, place: Place, inode: Inode): void {
  if (place.inode !== null) {
    throw new OsError("EEXIST", "link");
  }
  place.directory.entries.set(place.name, inode);
  table.touchContent(place.directory);
}

/** An empty file where there is nothing. */
export function create(table: InodeTable, place: Place, ownership: Ownership): FileInode {
  const file = table.createFile(ownership);
  bind(table, place, file);
  return file;
}

/** mkdir(2). */
export function makeDirectory(table: InodeTable, place: Place, ownership: Ownership): void {
  if (place.inode !== null) {
    throw new OsError("EEXIST", "mkdir");
  }
  bind(table, place, table.createDirectory(ownership));
  place.directory.linkCount++;
}

/** unlink(2). */
export function remove(table: InodeTable, place: Place): void {
  const inode = requireThere(place, "unlink");
  if (inode.kind === "directory") {
    throw new OsError("EISDIR", "unlink");
  }
  unbind(table, place, inode);
}

/** rename(2). */
export function rename(table: InodeTable, from: Place, to: Place): void {
  const moved = requireThere(from, "rename");
  if (from.name === "." || to.name === ".") {
    throw new OsError("EBUSY", "rename");
  }
  if (to.mustBeDirectory && moved.kind !== "directory") {
    throw new OsError("ENOTDIR", "rename");
  }
  if (moved.kind === "directory" && to.ancestors.includes(moved)) {
    throw new OsError("EINVAL", "rename");
  }
  if (moved === to.inode) {
    return;
  }
  if (to.inode !== null) {
    requireReplaceable(moved, to.inode);
    unbind(table, to, to.inode);
  }
  unbind(table, from, moved);
  bindMoved(table, to, moved);
}

function requireThere(place: Place, operation: string): Inode {
  if (place.inode === null) {
    throw new OsError("ENOENT", operation);
  }
  return place.inode;
}

function requireReplaceable(moved: Inode, replaced: Inode): void {
  if (replaced.kind !== "directory") {
    if (moved.kind === "directory") {
      throw new OsError("ENOTDIR", "rename");
    }
    return;
  }
  if (moved.kind !== "directory") {
    throw new OsError("EISDIR", "rename");
  }
  if (replaced.entries.size > 0) {
    throw new OsError("ENOTEMPTY", "rename");
  }
}

function unbind(table: InodeTable, place: Place, inode: Inode): void {
  place.directory.entries.delete(place.name);
  dropDirectoryLink(place.directory, inode);
  inode.linkCount--;
  table.touchStatus(inode);
  table.touchContent(place.directory);
}

function bindMoved(table: InodeTable, to: Place, inode: Inode): void {
  to.directory.entries.set(to.name, inode);
  inode.linkCount++;
  if (inode.kind === "directory") {
    to.directory.linkCount++;
  }
  table.touchContent(to.directory);
}

/** A directory's `..` is a link to the directory above. */
function dropDirectoryLink(parent: DirectoryInode, inode: Inode): void {
  if (inode.kind === "directory") {
    parent.linkCount--;
  }
}
