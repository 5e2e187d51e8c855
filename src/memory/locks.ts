/**
 * flock(2) in memory: exclusive locks, one holder an inode.
 *
 * The holder is an open file description, not a process: two opens of one file exclude each other in one
 * process too. Locks are tried only; nobody waits.
 */
import type { Inode } from "./inodes.ts";
import type { OpenFile } from "./open_file.ts";

export class Locks {
  readonly #holders = new Map<Inode, OpenFile>();

  /** False: somebody else holds it. Taking what one holds already succeeds. */
  tryLock(file: OpenFile): boolean {
    const holder = this.#holders.get(file.inode) ?? file;
    if (holder !== file) {
      return false;
    }
    this.#holders.set(file.inode, file);
    return true;
  }

  /** Does nothing to another's lock. */
  unlock(file: OpenFile): void {
    if (this.#holders.get(file.inode) === file) {
      this.#holders.delete(file.inode);
    }
  }
}
