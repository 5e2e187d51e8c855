/**
 * Quick looks at files in memory: effects/quick_looks.ts as one process sees a MemoryDisk.
 */
import type { FileKind, FileStatus } from "../effects/files.ts";
import { errorCode } from "../effects/os_error.ts";
import {
  type KnownFiles,
  type OpenDirectory,
  type QuickLooks,
  STAMP,
  STAMP_WORDS,
} from "../effects/quick_looks.ts";
import type { MemoryFiles } from "./files.ts";

const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const WORD_BITS = 32n;

const TYPE_BITS: Readonly<Record<FileKind, number>> = {
  file: 0o100000,
  directory: 0o040000,
  link: 0o120000,
  fifo: 0o010000,
  socket: 0o140000,
  other: 0o020000,
};

export class MemoryQuickLooks implements QuickLooks {
  readonly #files: MemoryFiles;

  constructor(files: MemoryFiles) {
    this.#files = files;
  }

  lookAt(path: string, into: Uint32Array, at: number): boolean {
    try {
      copyStamp(this.#files.statusOf(path), into, at);
      return true;
    } catch (caught) {
      if (errorCode(caught) !== "ENOENT") {
        throw caught;
      }
      return false;
    }
  }

  openDirectory(path: string): OpenDirectory {
    const reader = this.#files.openDirectory(path);
    let ahead: readonly string[] = [];
    const isNext = (known: KnownFiles, index: number): boolean => {
      const stamp = new Uint32Array(STAMP_WORDS);
      ahead = ahead.length === 0 ? reader.next(1) : ahead;
      const [name] = ahead;
      return (
        name !== undefined &&
        name === nameOf(known, index) &&
        this.lookAt(`${path}/${name}`, stamp, 0) &&
        stamp.every((word, at) => word === known.stamps[index * STAMP_WORDS + at])
      );
    };
    return {
      look: (into, at) => copyStamp(this.#files.statusOf(path), into, at),
      lookAt: (name, into, at) => this.lookAt(`${path}/${name}`, into, at),
      open: (name) => this.#files.open(`${path}/${name}`, { access: "read", keepAtime: true }),
      lookInto: (file, into, at) => copyStamp(this.#files.status(file), into, at),
      passAlike: (known, first, end) => {
        let index = first;
        for (; index < end && isNext(known, index); index++) {
          ahead = [];
        }
        return index - first;
      },
      nextNames: (countMax) => {
        const names = [...ahead, ...reader.next(countMax - ahead.length)];
        ahead = [];
        return names;
      },
      close: () => reader.close(),
    };
  }
}

function nameOf({ names, nameEnds }: KnownFiles, index: number): string {
  const bytes = names.subarray(index === 0 ? 0 : nameEnds[index - 1], nameEnds[index]);
  return Buffer.from(bytes).toString("latin1");
}

function copyStamp(status: FileStatus, into: Uint32Array, at: number): void {
  put64(into, at + STAMP.inode, status.inode);
  put64(into, at + STAMP.mtimeSeconds, status.mtimeNs / NANOSECONDS_PER_SECOND);
  into[at + STAMP.mtimeNs] = Number(status.mtimeNs % NANOSECONDS_PER_SECOND);
  put64(into, at + STAMP.ctimeSeconds, status.ctimeNs / NANOSECONDS_PER_SECOND);
  into[at + STAMP.ctimeNs] = Number(status.ctimeNs % NANOSECONDS_PER_SECOND);
  put64(into, at + STAMP.sizeBytes, BigInt(status.sizeBytes));
  into[at + STAMP.mode] = TYPE_BITS[status.kind] | status.mode;
  into[at + STAMP.device] = Number(status.device);
}

function put64(into: Uint32Array, at: number, value: bigint): void {
  into[at] = Number(BigInt.asUintN(32, value));
  into[at + 1] = Number(BigInt.asUintN(32, value >> WORD_BITS));
}
