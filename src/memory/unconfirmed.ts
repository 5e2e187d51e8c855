/**
 * What was changed in a file since its file system last had nothing to object: it can forget that, as those do that write
 * later than they say.
 */
import type { FileInode } from "./inodes.ts";

/** What stood somewhere, and how long the file was. */
interface Before {
  readonly position: number;
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
}

export class Unconfirmed {
  #changes: Before[] = [];

  /** The bytes from `position` to `end` are about to change; `end` may be behind those that there are. */
  note({ bytes, sizeBytes }: FileInode, position: number, end: number): void {
    const part = bytes.slice(position, Math.min(end, sizeBytes));
    this.#changes.push({ position, bytes: part, sizeBytes });
  }

  /** All is as it should be. */
  confirm(): void {
    this.#changes = [];
  }

  /** Makes the file what it was, where nobody else has changed it. */
  forget(inode: FileInode): void {
    for (const { position, bytes, sizeBytes } of this.#changes.reverse()) {
      inode.bytes.set(bytes, position);
      inode.bytes.fill(0, sizeBytes);
      inode.sizeBytes = sizeBytes;
    }
    this.#changes = [];
  }
}
