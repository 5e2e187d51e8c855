/**
 * Who may do what on a disk in memory: owner, group, others, and root, who may do all. No access lists.
 */
import { OsError } from "../effects/os_error.ts";
import type { Inode } from "./inodes.ts";

/** Whose process it is. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export const ROOT: Identity = { uid: 0, gid: 0 };

/** Bits as in a mode: 4 read, 2 write, 1 execute or search. Throws EACCES. */
export function requireAccess(
  inode: Inode,
  bits: number,
  identity: Identity,
  operation: string,
): void {
  if (identity.uid !== 0 && (modeBitsFor(inode, identity) & bits) !== bits) {
    throw new OsError("EACCES", operation);
  }
}

/** What only the owner and root may do. Throws EPERM. */
export function requireOwner(inode: Inode, identity: Identity, operation: string): void {
  if (identity.uid !== 0 && identity.uid !== inode.uid) {
    throw new OsError("EPERM", operation);
  }
}

function modeBitsFor(inode: Inode, identity: Identity): number {
  if (identity.uid === inode.uid) {
    return inode.mode >> 6;
  }
  return identity.gid === inode.gid ? inode.mode >> 3 : inode.mode;
}
