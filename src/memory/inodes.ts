/**
 * What lies on a disk in memory: inodes, and how their time stamps move.
 *
 * Time stamps follow Linux: `relatime` for reading, and no finer than the tick of the kernel's own
 * clock, so that two changes soon after each other can leave the same time behind.
 */
import type { Clock } from "../effects/clock.ts";
import type { FileKind, FileStatus } from "../effects/files.ts";

interface InodeBase {
  readonly number: bigint;
  mode: number;
  uid: number;
  gid: number;
  linkCount: number;
  atimeNs: bigint;
  mtimeNs: bigint;
  ctimeNs: bigint;
}

/** A regular file. */
export interface FileInode extends InodeBase {
  readonly kind: "file";
  /** The content is the first `sizeBytes` of it; the rest is zero. */
  bytes: Uint8Array;
  sizeBytes: number;
}

/** A directory. */
export interface DirectoryInode extends InodeBase {
  readonly kind: "directory";
  /** In the order of their making; reading a directory goes by it. */
  readonly entries: Map<string, Inode>;
}

/** A symbolic link. */
export interface LinkInode extends InodeBase {
  readonly kind: "link";
  readonly target: string;
}

/** A FIFO, a socket, a device: it is there, and nobody is at its other end. */
export interface SpecialInode extends InodeBase {
  readonly kind: "fifo" | "socket" | "other";
}

export type Inode = FileInode | DirectoryInode | LinkInode | SpecialInode;

/** Whose a new inode is, and what may be done with it. */
export interface Ownership {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A kernel with 250 ticks a second. */
const TICK_MS = 4;
const TICK_NS = 4_000_000n;
/** relatime writes an atime that is a day old, whatever else. */
const RELATIME_NS = 86_400_000_000_000n;

const DEVICE = 1n;

/** Makes the inodes of one disk, and moves their time stamps. */
export class InodeTable {
  readonly #clock: Clock;
  #count = 0n;
  #changeCount = 0;
  /** The tick last asked for, in ticks since the epoch, and in nanoseconds. */
  #ticks = 0;
  #lastTickNs = 0n;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How often anything but an atime has changed: who finds the same number again need not look again. */
  get changeCount(): number {
    return this.#changeCount;
  }

  createFile(ownership: Ownership): FileInode {
    return { kind: "file", ...this.#base(ownership), bytes: new Uint8Array(0), sizeBytes: 0 };
  }

  createDirectory(ownership: Ownership): DirectoryInode {
    return { kind: "directory", ...this.#base(ownership), linkCount: 2, entries: new Map() };
  }

  createLink(ownership: Ownership, target: string): LinkInode {
    return { kind: "link", ...this.#base(ownership), target };
  }

  createSpecial(ownership: Ownership, kind: SpecialInode["kind"]): SpecialInode {
    return { kind, ...this.#base(ownership) };
  }

  /** Its content changed. */
  touchContent(inode: Inode): void {
    this.#changeCount++;
    inode.mtimeNs = inode.ctimeNs = this.#tickNs();
  }

  /** Its owner, mode, links or times changed. */
  touchStatus(inode: Inode): void {
    this.#changeCount++;
    inode.ctimeNs = this.#tickNs();
  }

  /** It was read. */
  touchAccess(inode: Inode): void {
    const nowNs = this.#tickNs();
    const isDue =
      inode.atimeNs <= inode.mtimeNs ||
      inode.atimeNs <= inode.ctimeNs ||
      nowNs - inode.atimeNs >= RELATIME_NS;
    if (isDue) {
      inode.atimeNs = nowNs;
    }
  }

  #base(ownership: Ownership): InodeBase {
    const nowNs = this.#tickNs();
    this.#count++;
    return {
      number: this.#count,
      mode: ownership.mode,
      uid: ownership.uid,
      gid: ownership.gid,
      linkCount: 1,
      atimeNs: nowNs,
      mtimeNs: nowNs,
      ctimeNs: nowNs,
    };
  }

  #tickNs(): bigint {
    const ticks = Math.floor(this.#clock.wallMs() / TICK_MS);
    if (ticks !== this.#ticks) {
      this.#ticks = ticks;
      this.#lastTickNs = BigInt(ticks) * TICK_NS;
    }
    return this.#lastTickNs;
  }
}

/** The status of an inode as of now. */
export function statusOfInode(inode: Inode): FileStatus {
  return {
    kind: inode.kind satisfies FileKind,
    mode: inode.mode,
    uid: inode.uid,
    gid: inode.gid,
    linkCount: inode.linkCount,
    device: DEVICE,
    inode: inode.number,
    sizeBytes: sizeOf(inode),
    atimeNs: inode.atimeNs,
    mtimeNs: inode.mtimeNs,
    ctimeNs: inode.ctimeNs,
  };
}

function sizeOf(inode: Inode): number {
  switch (inode.kind) {
    case "file":
      return inode.sizeBytes;
    case "link":
      return inode.target.length;
    default:
      return 0;
  }
}
