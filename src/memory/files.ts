/**
 * Files in memory: effects/files.ts as one process sees a MemoryDisk.
 *
 * Several of these on one disk are several processes: descriptors are each one's own, locks exclude
 * the others. The working directory is the disk's root; the umask is 077. Passes the same conformance
 * suite as the real files (files_conformance_test.ts); what that suite doesn't know may differ. Beyond OsError, a process
 * that a fault has killed throws ProcessKilled.
 */
import type {
  Descriptor,
  DirectoryReader,
  FileStatus,
  Files,
  FileTimes,
  OpenHow,
  Path,
} from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import type { MemoryDisk } from "./disk.ts";
import { type Inode, statusOfInode } from "./inodes.ts";
import { create, makeDirectory, remove, rename } from "./naming.ts";
import { OpenFile, requireOpenable } from "./open_file.ts";
import { find, look, type Place, type Resolving, resolve } from "./paths.ts";
import { type Identity, ROOT, requireAccess, requireOwner } from "./permissions.ts";
import { MemoryProcess } from "./process.ts";

const READ = 4;
const WRITE_AND_SEARCH = 2 | 1;
const CREATE_MODE = 0o600;
const UMASK = 0o077;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

export class MemoryFiles extends MemoryProcess implements Files {
  /** Whoever orders faults keeps to it: tests may make it smaller than any machine's. */
  pageBytes = 4096;
  /** When a cut has its effect: at once, unless somebody lets others work first. */
  whenCut: (end: () => void) => void = queueMicrotask;
  readonly #disk: MemoryDisk;
  readonly #identity: Identity;

  /** A process of `identity` that uses the disk. */
  constructor(disk: MemoryDisk, identity: Identity = ROOT) {
    super(disk.locks);
    this.#disk = disk;
    this.#identity = identity;
  }

  open(path: Path, how: OpenHow): Descriptor {
    const openIt = (): Descriptor => {
      const place = this.#resolve(path, "open");
      const inode = place.inode ?? this.#createAt(place, how);
      requireOpenable(inode, how, this.#identity);
      return this.register(new OpenFile(inode, String(path), how, this.#disk.table));
    };
    return this.call("open", String(path), openIt, { makesFile: () => this.#makesFile(path, how) });
  }

  close(file: Descriptor): void {
    this.release(file, "close");
  }

  closeWritten(file: Descriptor): void {
    this.release(file, "closeWritten");
  }

  confirmWritten(file: Descriptor): void {
    this.callOn(file, "confirmWritten", (open) => open.confirm());
  }

  tryLock(file: Descriptor): boolean {
    return this.callOn(file, "tryLock", (open) => this.#disk.locks.tryLock(open));
  }

  unlock(file: Descriptor): void {
    this.callOn(file, "unlock", (open) => this.#disk.locks.unlock(open));
  }

  read(file: Descriptor, into: Uint8Array, position: number): number {
    return this.callOn(file, "read", (open, countMax) => open.read(into, position, countMax));
  }

  write(file: Descriptor, bytes: Uint8Array, position: number): number {
    return this.callOn(file, "write", (open, countMax) => open.write(bytes, position, countMax));
  }

  append(file: Descriptor, bytes: Uint8Array): number {
    return this.callOn(file, "append", (open, countMax) => open.append(bytes, countMax));
  }

  truncate(file: Descriptor, sizeBytes: number): void {
    this.callOn(file, "truncate", (open) => open.truncate(sizeBytes));
  }

  cut(file: Descriptor, sizeBytes: number): Promise<void> {
    return this.callOnLater(file, "cut", this.whenCut, (open) => open.truncate(sizeBytes));
  }

  changeMode(file: Descriptor, mode: number): void {
    this.callOn(file, "changeMode", ({ inode }) => {
      requireOwner(inode, this.#identity, "fchmod");
      inode.mode = mode;
      this.#disk.table.touchStatus(inode);
    });
  }

  status(file: Descriptor): FileStatus {
    return this.callOn(file, "status", (open) => statusOfInode(open.inode));
  }

  statusOf(path: Path, options?: { readonly followLink?: boolean }): FileStatus {
    const followLink = options?.followLink === true;
    const operation = followLink ? "stat" : "lstat";
    return this.call("statusOf", String(path), () =>
      statusOfInode(find(path, { ...this.#resolving(operation), followLink })),
    );
  }

  isThere(path: Path): boolean {
    return this.call("isThere", String(path), () => look(path, this.#resolving("lstat")) !== null);
  }

  setTimes(path: Path, seconds: number): boolean {
    return this.call("setTimes", String(path), () => {
      const inode = look(path, this.#resolving("utime"));
      if (inode === null) {
        return false;
      }
      requireOwner(inode, this.#identity, "utime");
      inode.atimeNs = inode.mtimeNs = BigInt(seconds) * NANOSECONDS_PER_SECOND;
      this.#disk.table.touchStatus(inode);
      return true;
    });
  }

  setTimesOf(file: Descriptor, { atimeNs, mtimeNs }: FileTimes): void {
    this.callOn(file, "setTimesOf", ({ inode }) => {
      requireOwner(inode, this.#identity, "utime");
      inode.atimeNs = atimeNs;
      inode.mtimeNs = mtimeNs;
      this.#disk.table.touchStatus(inode);
    });
  }

  rename(from: Path, to: Path): void {
    this.call("rename", String(from), () => {
      const source = this.#resolve(from, "rename");
      const target = this.#resolve(to, "rename");
      if (source.inode !== null) {
        this.#requireChangeable(source, "rename");
        this.#requireChangeable(target, "rename");
      }
      rename(this.#disk.table, source, target);
    });
  }

  remove(path: Path): void {
    this.call("remove", String(path), () => {
      const place = this.#resolve(path, "unlink");
      if (place.inode !== null) {
        this.#requireChangeable(place, "unlink");
      }
      remove(this.#disk.table, place);
    });
  }

  makeDirectory(path: Path, mode: number): void {
    this.call("makeDirectory", String(path), () => {
      const place = this.#resolve(path, "mkdir");
      if (place.inode === null) {
        this.#requireChangeable(place, "mkdir");
      }
      makeDirectory(this.#disk.table, place, { ...this.#identity, mode: mode & ~UMASK });
    });
  }

  changeGroup(path: Path, gid: number): void {
    this.call("changeGroup", String(path), () => {
      const inode = find(path, this.#resolving("chown"));
      requireOwner(inode, this.#identity, "chown");
      if (this.#identity.uid !== 0 && this.#identity.gid !== gid) {
        throw new OsError("EPERM", "chown");
      }
      inode.gid = gid;
      this.#disk.table.touchStatus(inode);
    });
  }

  openDirectory(path: Path): DirectoryReader {
    return this.call("openDirectory", String(path), () => {
      const inode = find(path, this.#resolving("opendir"));
      if (inode.kind !== "directory") {
        throw new OsError("ENOTDIR", "opendir");
      }
      requireAccess(inode, READ, this.#identity, "opendir");
      const file = this.register(
        new OpenFile(inode, String(path), { access: "read" }, this.#disk.table),
      );
      return this.#directoryReader(file, inode.entries);
    });
  }

  #directoryReader(file: Descriptor, entries: ReadonlyMap<string, Inode>): DirectoryReader {
    // A Map's iterator is as live as a directory: what is removed meanwhile does not come.
    const names = entries.keys();
    let isOpen = true;
    return {
      next: (countMax) =>
        this.callOn(file, "readDirectory", (open) => {
          // The descriptor may be another file's by now.
          if (!isOpen) {
            throw new OsError("EBADF", "readdir");
          }
          this.#disk.table.touchAccess(open.inode);
          return [...names.take(countMax)];
        }),
      close: () => {
        if (isOpen) {
          isOpen = false;
          this.release(file, "close");
        }
      },
    };
  }

  #makesFile(path: Path, how: OpenHow): boolean {
    try {
      return how.create === true && this.#resolve(path, "open").inode === null;
    } catch {
      // It is going to fail for a reason of its own.
      return false;
    }
  }

  #createAt(place: Place, how: OpenHow): Inode {
    if (how.create !== true) {
      throw new OsError("ENOENT", "open");
    }
    if (place.mustBeDirectory) {
      throw new OsError("EISDIR", "open");
    }
    this.#requireChangeable(place, "open");
    return create(this.#disk.table, place, { ...this.#identity, mode: CREATE_MODE });
  }

  #requireChangeable(place: Place, operation: string): void {
    requireAccess(place.directory, WRITE_AND_SEARCH, this.#identity, operation);
  }

  #resolve(path: Path, operation: string): Place {
    return resolve(path, this.#resolving(operation));
  }

  #resolving(operation: string): Resolving {
    return { root: this.#disk.root, identity: this.#identity, operation, followLink: false };
  }
}
