/**
 * Quick looks for real: effects/quick_looks.ts by statx(2), relative to an open directory.
 *
 * Nothing is allocated for a look: that is a system call, and copying twelve numbers.
 */
import { type Pointer, ptr } from "bun:ffi";
import type { Descriptor } from "../effects/files.ts";
import {
  type KnownFiles,
  type OpenDirectory,
  type QuickLooks,
  STAMP,
  STAMP_WORDS,
} from "../effects/quick_looks.ts";
import { DescriptorDirectoryReader } from "./directory_reader.ts";
import { check, errno, errnoName, libc, throwErrno } from "./libc.ts";
import { OPEN_FLAG } from "./open_flags.ts";
import { PathBuffer } from "./path_buffer.ts";

/** Bytes of struct statx. */
const STATX_BYTES = 256;
/** STATX_BASIC_STATS: all that stat(2) would give. */
const STATX_MASK = 0x7ff;

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const EMPTY_PATH = new Uint8Array(new ArrayBuffer(1));

const OPEN_ALWAYS = OPEN_FLAG.noFollow | OPEN_FLAG.nonBlocking | OPEN_FLAG.closeOnExec;
const OPEN_DIRECTORY = OPEN_ALWAYS | OPEN_FLAG.directory;
const OPEN_FILE = OPEN_ALWAYS | OPEN_FLAG.keepAtime;

/** Bits of a minor device number in Linux. */
const MINOR_BITS = 20;

export function createQuickLooks(): QuickLooks {
  return new LibcQuickLooks();
}

/** A struct statx for the kernel to fill. Indices are offsets divided by the element's size. */
class Looker {
  readonly #path = new PathBuffer();
  readonly #bytes = new Uint8Array(new ArrayBuffer(STATX_BYTES));
  readonly #address = ptr(this.#bytes);
  readonly #u16 = new Uint16Array(this.#bytes.buffer);
  readonly #u32 = new Uint32Array(this.#bytes.buffer);

  /** Of a path relative to an open directory. */
  lookAt(directory: number, path: string, into: Uint32Array, at: number): boolean {
    const encoded = this.#path.encode(path, "stat");
    if (libc.statx(directory, encoded, AT_SYMLINK_NOFOLLOW, STATX_MASK, this.#bytes) < 0) {
      const error = errno[0];
      return errnoName(error) === "ENOENT" ? false : throwErrno(error, "stat");
    }
    this.#copy(into, at);
    return true;
  }

  look(descriptor: number, into: Uint32Array, at: number): void {
    if (libc.statx(descriptor, EMPTY_PATH, AT_EMPTY_PATH, STATX_MASK, this.#bytes) < 0) {
      throwErrno(errno[0], "fstat");
    }
    this.#copy(into, at);
  }

  /** Whether the name at this address has this stamp; not, where it can't be looked at. */
  isAlike(directory: number, name: Pointer, stamps: Uint32Array, at: number): boolean {
    const words = this.#u32;
    return (
      libc.statx(directory, name, AT_SYMLINK_NOFOLLOW, STATX_MASK, this.#address) === 0 &&
      stamps[at + STAMP.inode] === words[8] &&
      stamps[at + STAMP.inode + 1] === words[9] &&
      stamps[at + STAMP.mtimeSeconds] === words[28] &&
      stamps[at + STAMP.mtimeSeconds + 1] === words[29] &&
      stamps[at + STAMP.mtimeNs] === words[30] &&
      stamps[at + STAMP.ctimeSeconds] === words[24] &&
      stamps[at + STAMP.ctimeSeconds + 1] === words[25] &&
      stamps[at + STAMP.ctimeNs] === words[26] &&
      stamps[at + STAMP.sizeBytes] === words[10] &&
      stamps[at + STAMP.sizeBytes + 1] === words[11] &&
      stamps[at + STAMP.mode] === this.#u16[14] &&
      stamps[at + STAMP.device] === this.#device()
    );
  }

  #copy(into: Uint32Array, at: number): void {
    const words = this.#u32;
    into[at + STAMP.inode] = words[8] ?? 0;
    into[at + STAMP.inode + 1] = words[9] ?? 0;
    into[at + STAMP.mtimeSeconds] = words[28] ?? 0;
    into[at + STAMP.mtimeSeconds + 1] = words[29] ?? 0;
    into[at + STAMP.mtimeNs] = words[30] ?? 0;
    into[at + STAMP.ctimeSeconds] = words[24] ?? 0;
    into[at + STAMP.ctimeSeconds + 1] = words[25] ?? 0;
    into[at + STAMP.ctimeNs] = words[26] ?? 0;
    into[at + STAMP.sizeBytes] = words[10] ?? 0;
    into[at + STAMP.sizeBytes + 1] = words[11] ?? 0;
    into[at + STAMP.mode] = this.#u16[14] ?? 0;
    into[at + STAMP.device] = this.#device();
  }

  #device(): number {
    return (((this.#u32[34] ?? 0) << MINOR_BITS) | (this.#u32[35] ?? 0)) >>> 0;
  }
}

class LibcQuickLooks implements QuickLooks {
  readonly #path = new PathBuffer();
  readonly #looker = new Looker();

  lookAt(path: string, into: Uint32Array, at: number): boolean {
    return this.#looker.lookAt(AT_FDCWD, path, into, at);
  }

  openDirectory(path: string): OpenDirectory {
    const descriptor = libc.open(this.#path.encode(path, "opendir"), OPEN_DIRECTORY, 0);
    return descriptor < 0
      ? throwErrno(errno[0], "opendir")
      : new LibcOpenDirectory(descriptor, this.#looker);
  }
}

class LibcOpenDirectory implements OpenDirectory {
  readonly #descriptor: number;
  readonly #looker: Looker;
  readonly #path = new PathBuffer();
  readonly #names: DescriptorDirectoryReader;

  constructor(descriptor: number, looker: Looker) {
    this.#descriptor = descriptor;
    this.#looker = looker;
    this.#names = new DescriptorDirectoryReader(descriptor);
  }

  look(into: Uint32Array, at: number): void {
    this.#looker.look(this.#descriptor, into, at);
  }

  lookAt(name: string, into: Uint32Array, at: number): boolean {
    return this.#looker.lookAt(this.#descriptor, name, into, at);
  }

  open(name: string): Descriptor {
    const file = libc.openat(this.#descriptor, this.#path.encode(name, "open"), OPEN_FILE, 0);
    return check(file, errno[0], "open") as Descriptor;
  }

  lookInto(file: Descriptor, into: Uint32Array, at: number): void {
    this.#looker.look(file, into, at);
  }

  passAlike({ names, nameEnds, stamps }: KnownFiles, first: number, end: number): number {
    const reader = this.#names;
    let start = first === 0 ? 0 : (nameEnds[first - 1] ?? 0);
    for (let index = first; index < end; index++) {
      const nameEnd = nameEnds[index] ?? 0;
      if (
        !reader.isNext(names, start, nameEnd) ||
        !this.#looker.isAlike(
          this.#descriptor,
          reader.nextAddress as Pointer,
          stamps,
          index * STAMP_WORDS,
        )
      ) {
        return index - first;
      }
      reader.skip();
      start = nameEnd;
    }
    return end - first;
  }

  nextNames(countMax: number): readonly string[] {
    return this.#names.next(countMax);
  }

  close(): void {
    this.#names.close();
  }
}
