/**
 * What was written to a file since its file system last had nothing to object, so that it can be forgotten, as network
 * file systems do that write later than they say. They cut a file at once: that is not forgotten.
 */
import type { FileInode } from "./inodes.ts";

/** What stood where something was written, zeros where the file had nothing; and how long it was. */
interface Before {
  readonly position: number;
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
}

export class Unconfirmed {
  #writes: Before[] = [];

  /** `length` bytes from `position` on are about to be written. */
  note({ bytes, sizeBytes }: FileInode, position: number, length: number): void {
    const before = new Uint8Array(length);
    before.set(bytes.subarray(position, position + length));
    this.#writes.push({ position, bytes: before, sizeBytes });
  }

  /** The file has been made so long. */
  cut(sizeBytes: number): void {
    this.#writes = this.#writes.map(({ position, bytes }) => {
      const left = bytes.subarray(0, Math.max(0, sizeBytes - position));
      return { position, bytes: left, sizeBytes };
    });
  }

  /** All is there that was written. */
  confirm(): void {
    this.#writes = [];
  }

  /** Makes the file what it would be without; nobody else may have changed it meanwhile. */
  forget(inode: FileInode): void {
    for (const { position, bytes, sizeBytes } of this.#writes.reverse()) {
      inode.bytes.set(bytes, position);
      inode.bytes.fill(0, sizeBytes);
      inode.sizeBytes = sizeBytes;
    }
    this.#writes = [];
  }
}
