/**
 * An open file in memory: reading, writing and cutting it.
 *
 * The inode lives on while it is open, whatever becomes of its names.
 */
import type { OpenHow } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import type { FileInode, Inode, InodeTable } from "./inodes.ts";
import { type Identity, requireAccess, requireOwner } from "./permissions.ts";
import { Unconfirmed } from "./unconfirmed.ts";

const ACCESS_BITS = { read: 4, write: 2, both: 6 };

/** Room for a line or two. */
const CAPACITY_BYTES_MIN = 64;

export class OpenFile {
  readonly inode: Inode;
  /** As it was opened: its name may be another by now. */
  readonly path: string;
  readonly #how: OpenHow;
  readonly #table: InodeTable;
  readonly #unconfirmed = new Unconfirmed();

  constructor(inode: Inode, path: string, how: OpenHow, table: InodeTable) {
    this.inode = inode;
    this.path = path;
    this.#how = how;
    this.#table = table;
  }

  /** As pread(2), but of `countMax` bytes at most. */
  read(into: Uint8Array, position: number, countMax: number): number {
    const inode = this.#requireFile("read");
    if (this.#how.access === "write") {
      throw new OsError("EBADF", "read");
    }
    if (position < 0) {
      throw new OsError("EINVAL", "read");
    }
    const end = Math.min(inode.sizeBytes, position + Math.min(into.length, countMax));
    const part = inode.bytes.subarray(position, Math.max(position, end));
    into.set(part);
    if (into.length > 0 && this.#how.keepAtime !== true) {
      this.#table.touchAccess(inode);
    }
    return part.length;
  }

  /** As pwrite(2), but of `countMax` bytes at most. */
  write(bytes: Uint8Array, position: number, countMax: number): number {
    const inode = this.#requireFile("write");
    if (this.#how.access === "read") {
      throw new OsError("EBADF", "write");
    }
    if (position < 0) {
      throw new OsError("EINVAL", "write");
    }
    const part = bytes.subarray(0, countMax);
    if (part.length > 0) {
      const start = this.#how.append === true ? inode.sizeBytes : position;
      this.#unconfirmed.note(inode, start, part.length);
      put(inode, part, start);
      this.#table.touchContent(inode);
    }
    return part.length;
  }

  /** As write(2) with O_APPEND, but of `countMax` bytes at most. */
  append(bytes: Uint8Array, countMax: number): number {
    if (this.#how.append !== true) {
      throw new Error(`append: ${this.path} was not opened for it`);
    }
    return this.write(bytes, 0, countMax);
  }

  truncate(sizeBytes: number): void {
    if (this.inode.kind !== "file" || this.#how.access === "read" || sizeBytes < 0) {
      throw new OsError("EINVAL", "ftruncate");
    }
    reserve(this.inode, sizeBytes);
    this.inode.bytes.fill(0, sizeBytes);
    this.inode.sizeBytes = sizeBytes;
    this.#unconfirmed.cut(sizeBytes);
    this.#table.touchContent(this.inode);
  }

  /** There is nothing to object to what was written. */
  confirm(): void {
    this.#unconfirmed.confirm();
  }

  /** What was written since that was last so is not there. */
  forget(): void {
    if (this.inode.kind === "file") {
      this.#unconfirmed.forget(this.inode);
      this.#table.touchContent(this.inode);
    }
  }

  #requireFile(operation: string): FileInode {
    if (this.inode.kind === "file") {
      return this.inode;
    }
    throw new OsError(this.inode.kind === "directory" ? "EISDIR" : "ESPIPE", operation);
  }
}

/** What open(2) asks of an inode before it hands out a descriptor. */
export function requireOpenable(inode: Inode, how: OpenHow, identity: Identity): void {
  if (inode.kind === "link") {
    throw new OsError("ELOOP", "open");
  }
  if (inode.kind === "directory" && (how.access !== "read" || how.create === true)) {
    throw new OsError("EISDIR", "open");
  }
  requireAccess(inode, ACCESS_BITS[how.access], identity, "open");
  // A FIFO without a reader cannot be written to, a socket cannot be opened at all.
  if (inode.kind === "socket" || (inode.kind === "fifo" && how.access === "write")) {
    throw new OsError("ENXIO", "open");
  }
  if (how.keepAtime === true) {
    requireOwner(inode, identity, "open");
  }
}

/** Writes into a file, which grows as it must; a gap is zeros. */
export function put(inode: FileInode, bytes: Uint8Array, position: number): void {
  const end = position + bytes.length;
  reserve(inode, end);
  inode.bytes.set(bytes, position);
  inode.sizeBytes = Math.max(inode.sizeBytes, end);
}

function reserve(inode: FileInode, sizeBytes: number): void {
  if (inode.bytes.length < sizeBytes) {
    const capacity = Math.max(CAPACITY_BYTES_MIN, sizeBytes, inode.bytes.length * 2);
    const grown = new Uint8Array(capacity);
    grown.set(inode.bytes);
    inode.bytes = grown;
  }
}
