/**
 * A disk in memory: the tree of inodes and the locks on them, shared by the processes that use it.
 *
 * A process sees it through a MemoryFiles. The functions here are for whoever sets the scene and looks at
 * the outcome: they act as root and meet no faults. They throw OsError as the calls of a process do.
 */
import type { Clock } from "../effects/clock.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { type DirectoryInode, type FileInode, type Inode, InodeTable } from "./inodes.ts";
import { Locks } from "./locks.ts";
import { bind, create, makeDirectory } from "./naming.ts";
import { put } from "./open_file.ts";
import { find, look, type Place, resolve } from "./paths.ts";
import { ROOT } from "./permissions.ts";

/** What a file made by `writeFile` is like; times in milliseconds since the epoch. */
export interface FileDetails {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly atimeMs?: number;
  readonly mtimeMs?: number;
}

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

export class MemoryDisk {
  readonly table: InodeTable;
  readonly root: DirectoryInode;
  readonly locks = new Locks();
  readonly #defaults: Required<Pick<FileDetails, "uid" | "gid">>;

  /** An empty disk; `owner` is who owns what the functions here make, root unless given. */
  constructor(clock: Clock, owner: { readonly uid: number; readonly gid: number } = ROOT) {
    this.table = new InodeTable(clock);
    this.#defaults = owner;
    this.root = this.table.createDirectory({ mode: DIRECTORY_MODE, ...owner });
  }

  /** Makes a directory and those above it, as far as they are missing. */
  makeDirectories(path: string): void {
    const names = path.split("/").filter((name) => name !== "");
    for (let count = 1; count <= names.length; count++) {
      const place = this.#resolve(names.slice(0, count).join("/"));
      if (place.inode === null) {
        makeDirectory(this.table, place, { mode: DIRECTORY_MODE, ...this.#defaults });
      }
    }
  }

  /** Makes a file, or gives an existing one (the same inode) new content; `text` is a byte string. */
  writeFile(path: string, text: string, details: FileDetails = {}): void {
    const place = this.#resolve(path);
    const ownership = { mode: FILE_MODE, ...this.#defaults };
    const file = place.inode ?? create(this.table, place, ownership);
    if (file.kind !== "file") {
      throw new Error(`writeFile: ${path} is a ${file.kind}`);
    }
    file.sizeBytes = 0;
    file.bytes = new Uint8Array(0);
    put(file, stringToBytes(text), 0);
    this.table.touchContent(file);
    applyDetails(file, details);
  }

  /** The content of a file, as a byte string. */
  readFile(path: string): string {
    const inode = this.#find(path);
    if (inode.kind !== "file") {
      throw new Error(`readFile: ${path} is a ${inode.kind}`);
    }
    return contentOf(inode);
  }

  /** Whether there is something of that name; not so, either, where a directory on the way is missing. */
  has(path: string): boolean {
    return look(path, this.#resolving()) !== null;
  }

  /** symlink(2). */
  addLink(path: string, target: string): void {
    const ownership = { mode: 0o777, ...this.#defaults };
    bind(this.table, this.#resolve(path), this.table.createLink(ownership, target));
  }

  /** link(2): a second name for a file. */
  addHardLink(path: string, existing: string): void {
    const inode = this.#find(existing);
    bind(this.table, this.#resolve(path), inode);
    inode.linkCount++;
    this.table.touchStatus(inode);
  }

  addSpecial(path: string, kind: "fifo" | "socket" | "other"): void {
    const ownership = { mode: FILE_MODE, ...this.#defaults };
    bind(this.table, this.#resolve(path), this.table.createSpecial(ownership, kind));
  }

  /** All files below a directory: content by path, sorted by path. */
  filesBelow(path = "."): Record<string, string> {
    const directory = this.#find(path);
    const found: [string, string][] = [];
    collect(directory, path === "." ? "" : `${path}/`, found);
    return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #resolve(path: string): Place {
    return resolve(path, this.#resolving());
  }

  #find(path: string): Inode {
    return find(path, this.#resolving());
  }

  #resolving() {
    return { root: this.root, identity: ROOT, operation: "disk", followLink: false };
  }
}

function applyDetails(file: FileInode, details: FileDetails): void {
  file.mode = details.mode ?? file.mode;
  file.uid = details.uid ?? file.uid;
  file.gid = details.gid ?? file.gid;
  if (details.atimeMs !== undefined) {
    file.atimeNs = BigInt(details.atimeMs) * NANOSECONDS_PER_MILLISECOND;
  }
  if (details.mtimeMs !== undefined) {
    file.mtimeNs = BigInt(details.mtimeMs) * NANOSECONDS_PER_MILLISECOND;
  }
}

function collect(inode: Inode, prefix: string, found: [string, string][]): void {
  if (inode.kind !== "directory") {
    return;
  }
  for (const [name, child] of inode.entries) {
    if (child.kind === "file") {
      found.push([prefix + name, contentOf(child)]);
    }
    collect(child, `${prefix}${name}/`, found);
  }
}

function contentOf(file: FileInode): string {
  return bytesToString(file.bytes.subarray(0, file.sizeBytes));
}
