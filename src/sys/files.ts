/**
 * Files for real: effects/files.ts over the C library.
 *
 * Every call is a direct one to C: measured against node:fs it is as fast or faster (stat twice as fast,
 * nothing thrown twice), takes paths as the bytes they are, and works in the jail. All system calls are
 * made on the calling thread, but that of `cut`. A mode given to `makeDirectory` is subject to the umask, which Postfix's
 * processes have at 077.
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
import { type BackgroundLoop, BUN_LOOP, cutInBackground } from "./cut.ts";
import { DescriptorDirectoryReader } from "./directory_reader.ts";
import { STATUSES } from "./file_status.ts";
import { absentElseThrow, check, errno, errnoName, libc, throwErrno } from "./libc.ts";
import { ACCESS_FLAG, LOCK_EX_NB, OPEN_FLAG } from "./open_flags.ts";
import { PathBuffer } from "./path_buffer.ts";

/** O_NONBLOCK: the open of a FIFO must not wait. */
const OPEN_ALWAYS = OPEN_FLAG.noFollow | OPEN_FLAG.nonBlocking | OPEN_FLAG.closeOnExec;
const CREATE_MODE = 0o600;

const LOCK_UN = 8;

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;

const NS_PER_SECOND = 1_000_000_000n;

/** "No change" to chown(2). */
const SAME_OWNER = 0xffffffff;

/** The real files; relative paths start at the working directory. `loop`: where it stands still for Bun's own, unless it is told. */
export function createFiles(loop: BackgroundLoop = BUN_LOOP): Files {
  return new LibcFiles(loop);
}

/** The kernel takes what is written page by page. None is smaller on the machines that run Postfix. */
const PAGE_BYTES = 4096;

class LibcFiles implements Files {
  readonly pageBytes = PAGE_BYTES;
  readonly #loop: BackgroundLoop;
  readonly #path = new PathBuffer();
  readonly #secondPath = new PathBuffer();
  /** struct timespec[2]: seconds, nanoseconds (left 0), of atime, then of mtime. */
  readonly #times = new BigInt64Array(new ArrayBuffer(32));
  /** What they are: a send sets the same second thousands of times, and a BigInt for each is an object. */
  #seconds = 0;
  /** The same, with nanoseconds. */
  readonly #fileTimes = new BigInt64Array(new ArrayBuffer(32));

  constructor(loop: BackgroundLoop) {
    this.#loop = loop;
  }

  open(path: Path, how: OpenHow): Descriptor {
    const flags =
      OPEN_ALWAYS |
      ACCESS_FLAG[how.access] |
      (how.append === true ? OPEN_FLAG.append : 0) |
      (how.create === true ? OPEN_FLAG.create : 0) |
      (how.keepAtime === true ? OPEN_FLAG.keepAtime : 0);
    const file = libc.open(this.#path.encode(path, "open"), flags, CREATE_MODE);
    return check(file, errno[0], "open") as Descriptor;
  }

  close(file: Descriptor): void {
    if (libc.close(file) < 0 && errnoName(errno[0]) === "EBADF") {
      throwErrno(errno[0], "close");
    }
  }

  closeWritten(file: Descriptor): void {
    check(libc.close(file), errno[0], "close");
  }

  /** Each close(2) of an open file, of a second descriptor too, has its file system say what there is to say. */
  confirmWritten(file: Descriptor): void {
    const second = check(libc.dup(file), errno[0], "dup");
    check(libc.close(second), errno[0], "close");
  }

  tryLock(file: Descriptor): boolean {
    if (libc.flock(file, LOCK_EX_NB) === 0) {
      return true;
    }
    const error = errno[0];
    return errnoName(error) === "EAGAIN" ? false : throwErrno(error, "flock");
  }

  unlock(file: Descriptor): void {
    check(libc.flock(file, LOCK_UN), errno[0], "flock");
  }

  read(file: Descriptor, into: Uint8Array, position: number): number {
    return check(libc.pread(file, into, into.length, position), errno[0], "read");
  }

  write(file: Descriptor, bytes: Uint8Array, position: number): number {
    return check(libc.pwrite(file, bytes, bytes.length, position), errno[0], "write");
  }

  append(file: Descriptor, bytes: Uint8Array): number {
    return check(libc.write(file, bytes, bytes.length), errno[0], "write");
  }

  truncate(file: Descriptor, sizeBytes: number): void {
    check(libc.ftruncate(file, sizeBytes), errno[0], "ftruncate");
  }

  cut(file: Descriptor, sizeBytes: number): Promise<void> {
    return cutInBackground(this.#loop, file, sizeBytes);
  }

  changeMode(file: Descriptor, mode: number): void {
    check(libc.fchmod(file, mode), errno[0], "fchmod");
  }

  status(file: Descriptor): FileStatus {
    return STATUSES.ofDescriptor(file);
  }

  statusOf(path: Path, options?: { readonly followLink?: boolean }): FileStatus {
    return STATUSES.ofPath(this.#path.encode(path, "stat"), options?.followLink === true);
  }

  isThere(path: Path): boolean {
    return STATUSES.isThere(this.#path.encode(path, "stat"));
  }

  setTimes(path: Path, seconds: number): boolean {
    const encoded = this.#path.encode(path, "utime");
    if (seconds !== this.#seconds) {
      this.#seconds = seconds;
      this.#times[0] = this.#times[2] = BigInt(seconds);
    }
    const result = libc.utimensat(AT_FDCWD, encoded, this.#times, AT_SYMLINK_NOFOLLOW);
    return result === 0 || absentElseThrow(errno[0], "utime");
  }

  setTimesOf(file: Descriptor, { atimeNs, mtimeNs }: FileTimes): void {
    this.#fileTimes[0] = atimeNs / NS_PER_SECOND;
    this.#fileTimes[1] = atimeNs % NS_PER_SECOND;
    this.#fileTimes[2] = mtimeNs / NS_PER_SECOND;
    this.#fileTimes[3] = mtimeNs % NS_PER_SECOND;
    check(libc.futimens(file, this.#fileTimes), errno[0], "utime");
  }

  rename(from: Path, to: Path): void {
    const encoded = this.#path.encode(from, "rename");
    check(libc.rename(encoded, this.#secondPath.encode(to, "rename")), errno[0], "rename");
  }

  remove(path: Path): void {
    check(libc.unlink(this.#path.encode(path, "unlink")), errno[0], "unlink");
  }

  makeDirectory(path: Path, mode: number): void {
    check(libc.mkdir(this.#path.encode(path, "mkdir"), mode), errno[0], "mkdir");
  }

  changeGroup(path: Path, gid: number): void {
    check(libc.lchown(this.#path.encode(path, "chown"), SAME_OWNER, gid), errno[0], "chown");
  }

  openDirectory(path: Path): DirectoryReader {
    const flags = OPEN_ALWAYS | OPEN_FLAG.directory;
    const descriptor = libc.open(this.#path.encode(path, "opendir"), flags, 0);
    return new DescriptorDirectoryReader(check(descriptor, errno[0], "opendir"));
  }
}
