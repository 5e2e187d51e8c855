/**
 * Files for real: effects/files.ts over the C library.
 *
 * Every call is a direct one to C: measured against node:fs it is as fast or faster (stat twice as fast,
 * nothing thrown twice), takes paths as the bytes they are, and works in the jail. All system calls are
 * made on the calling thread. A mode given to `makeDirectory` is subject to the umask, which Postfix's
 * processes have at 077.
 */
import { constants } from "node:fs";
import type { Descriptor, DirectoryReader, FileStatus, Files, OpenHow } from "../effects/files.ts";
import { DescriptorDirectoryReader } from "./directory_reader.ts";
import { STATX_MASK, StatxBuffer } from "./file_status.ts";
import { errnoName, libc, throwErrno } from "./libc.ts";
import { PathBuffer } from "./path_buffer.ts";

/** Linux; node:fs does not name these two. */
const O_CLOEXEC = 0o2000000;
const O_NOATIME = 0o1000000;
/** O_NONBLOCK: the open of a FIFO must not wait. */
const OPEN_ALWAYS = constants.O_NOFOLLOW | constants.O_NONBLOCK | O_CLOEXEC;
const ACCESS = { read: constants.O_RDONLY, write: constants.O_WRONLY, both: constants.O_RDWR };
const CREATE_MODE = 0o600;

const LOCK_EX_NB = 2 | 4;
const LOCK_UN = 8;

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const NO_PATH = new Uint8Array(new ArrayBuffer(1));

/** "No change" to chown(2). */
const SAME_OWNER = 0xffffffff;

/** The real files; relative paths start at the working directory. */
export function createFiles(): Files {
  return new LibcFiles();
}

class LibcFiles implements Files {
  private readonly path = new PathBuffer();
  private readonly secondPath = new PathBuffer();
  private readonly statx = new StatxBuffer();
  /** struct timespec[2]: seconds, nanoseconds (left 0), of atime, then of mtime. */
  private readonly times = new BigInt64Array(new ArrayBuffer(32));

  open(path: string, how: OpenHow): Descriptor {
    const flags =
      OPEN_ALWAYS |
      ACCESS[how.access] |
      (how.append === true ? constants.O_APPEND : 0) |
      (how.create === true ? constants.O_CREAT : 0) |
      (how.keepAtime === true ? O_NOATIME : 0);
    const file = libc.open(this.path.encode(path, "open"), flags, CREATE_MODE);
    return (file < 0 ? throwErrno("open") : file) as Descriptor;
  }

  close(file: Descriptor): void {
    check(libc.close(file), "close");
  }

  tryLock(file: Descriptor): boolean {
    if (libc.flock(file, LOCK_EX_NB) === 0) {
      return true;
    }
    return errnoName() === "EAGAIN" ? false : throwErrno("flock");
  }

  unlock(file: Descriptor): void {
    check(libc.flock(file, LOCK_UN), "flock");
  }

  read(file: Descriptor, into: Uint8Array, position: number): number {
    return check(libc.pread(file, into, into.length, position), "read");
  }

  write(file: Descriptor, bytes: Uint8Array, position: number): number {
    return check(libc.pwrite(file, bytes, bytes.length, position), "write");
  }

  append(file: Descriptor, bytes: Uint8Array): number {
    return check(libc.write(file, bytes, bytes.length), "write");
  }

  truncate(file: Descriptor, sizeBytes: number): void {
    check(libc.ftruncate(file, sizeBytes), "ftruncate");
  }

  changeMode(file: Descriptor, mode: number): void {
    check(libc.fchmod(file, mode), "fchmod");
  }

  status(file: Descriptor): FileStatus {
    check(libc.statx(file, NO_PATH, AT_EMPTY_PATH, STATX_MASK, this.statx.bytes), "fstat");
    return this.statx.read();
  }

  statusOf(path: string, options?: { readonly followLink?: boolean }): FileStatus {
    const isFollowed = options?.followLink === true;
    const operation = isFollowed ? "stat" : "lstat";
    const flags = isFollowed ? 0 : AT_SYMLINK_NOFOLLOW;
    const encoded = this.path.encode(path, operation);
    check(libc.statx(AT_FDCWD, encoded, flags, STATX_MASK, this.statx.bytes), operation);
    return this.statx.read();
  }

  setTimes(path: string, seconds: number): void {
    const encoded = this.path.encode(path, "utime");
    this.times[0] = this.times[2] = BigInt(seconds);
    check(libc.utimensat(AT_FDCWD, encoded, this.times, AT_SYMLINK_NOFOLLOW), "utime");
  }

  rename(from: string, to: string): void {
    const encoded = this.path.encode(from, "rename");
    check(libc.rename(encoded, this.secondPath.encode(to, "rename")), "rename");
  }

  remove(path: string): void {
    check(libc.unlink(this.path.encode(path, "unlink")), "unlink");
  }

  makeDirectory(path: string, mode: number): void {
    check(libc.mkdir(this.path.encode(path, "mkdir"), mode), "mkdir");
  }

  changeGroup(path: string, gid: number): void {
    check(libc.lchown(this.path.encode(path, "chown"), SAME_OWNER, gid), "chown");
  }

  openDirectory(path: string): DirectoryReader {
    const flags = OPEN_ALWAYS | constants.O_DIRECTORY;
    const descriptor = libc.open(this.path.encode(path, "opendir"), flags, 0);
    return new DescriptorDirectoryReader(check(descriptor, "opendir"));
  }
}

/** The result of a C call, unless it is negative: then the error is thrown. */
function check(result: number, operation: string): number {
  return result < 0 ? throwErrno(operation) : result;
}
