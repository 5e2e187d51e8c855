/**
 * Files, directories and their locks, as far as a flush service needs them.
 *
 * Paths are relative to the queue directory, which is the working directory (and, in the jail, the
 * root). Every function throws OsError; none blocks on anything but the disk: a lock is only ever
 * tried, a FIFO is opened without waiting. A link in the last place of a path is never followed, but
 * by `statusOf` with `followLink`.
 */
declare const descriptorBrand: unique symbol;

/** An open file; made by `open` only. */
export type Descriptor = number & { readonly [descriptorBrand]: never };

export type FileKind = "file" | "directory" | "link" | "fifo" | "socket" | "other";

/** Time stamps in nanoseconds since the epoch. */
export interface FileTimes {
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
}

/** What stat(2) says of a file. */
export interface FileStatus extends FileTimes {
  readonly kind: FileKind;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly linkCount: number;
  readonly device: bigint;
  readonly inode: bigint;
  readonly sizeBytes: number;
  /** In nanoseconds since the epoch, as the others. */
  readonly ctimeNs: bigint;
}

/** How a file is opened; closed on exec, and without waiting, in any case. */
export interface OpenHow {
  readonly access: "read" | "write" | "both";
  /** Writes go to the end, whatever position is named (O_APPEND). */
  readonly append?: boolean;
  /** Make the file with mode 0600 if it is missing (O_CREAT). Its directory must be there. */
  readonly create?: boolean;
  /** Leave atime alone (O_NOATIME; allowed to the file's owner and root). */
  readonly keepAtime?: boolean;
}

/** A directory being read, a part at a time, so that a large one stops nobody. */
export interface DirectoryReader {
  /** The next names, at most `countMax`, without `.` and `..`, in no order; empty at the end. */
  next(countMax: number): readonly string[];
  close(): void;
}

/**
 * A path in two parts: a directory, with a slash at its end, and a name in it. Those of thousands of messages need not be put
 * together: without a string for each, a send takes some 1 µs less of 19 for a message (ext4, measured).
 */
export interface PathParts {
  readonly directory: string;
  readonly name: string;
  /** Both in one. */
  toString(): string;
}

export type Path = string | PathParts;

export interface Files {
  /** A write of a killed process is cut short only where the file's position is a multiple of so many bytes. */
  readonly pageBytes: number;

  open(path: Path, how: OpenHow): Descriptor;
  /**
   * Gives back a file that was only read, or whose changes are confirmed: what close(2) may object to means nothing then.
   * Throws EBADF alone.
   */
  close(file: Descriptor): void;
  /**
   * Gives back a file that was written to. A file system that writes later, as NFS does, may object only now (EIO, ENOSPC,
   * EDQUOT): then what was written since it was last confirmed may not be there. The descriptor is gone in any case.
   */
  closeWritten(file: Descriptor): void;
  /** Has the file system object now to what was written, where `closeWritten` would; the file stays open, and locked. */
  confirmWritten(file: Descriptor): void;

  /** flock(LOCK_EX | LOCK_NB). False: somebody else holds it. */
  tryLock(file: Descriptor): boolean;
  unlock(file: Descriptor): void;

  /** Reads at `position` into `into`; returns the count of bytes, 0 at the end. Its OsError's `operation`, which log readers see: "read". */
  read(file: Descriptor, into: Uint8Array, position: number): number;
  /** Writes at `position`; returns how many bytes were taken, which may be fewer than given. Its OsError's `operation`: "write". */
  write(file: Descriptor, bytes: Uint8Array, position: number): number;
  /** Writes at the end of a file opened with `append`; may take fewer bytes than given. */
  append(file: Descriptor, bytes: Uint8Array): number;
  truncate(file: Descriptor, sizeBytes: number): void;
  /**
   * The same in the background: the disk may take its time to forget what is cut off, and others work meanwhile. Until it has
   * ended, well or with OsError, nothing else may be done with the descriptor.
   */
  cut(file: Descriptor, sizeBytes: number): Promise<void>;
  /** fchmod(2). */
  changeMode(file: Descriptor, mode: number): void;

  status(file: Descriptor): FileStatus;
  statusOf(path: Path, options?: { readonly followLink?: boolean }): FileStatus;
  /** Whether there is something of that name, whatever it is; at little more than half the price of a status. False: ENOENT. */
  isThere(path: Path): boolean;

  /** Sets atime and mtime to whole seconds since the epoch. False: there is nothing of that name (ENOENT). */
  setTimes(path: Path, seconds: number): boolean;
  /** Sets atime and mtime of an open file, in nanoseconds since the epoch. */
  setTimesOf(file: Descriptor, times: FileTimes): void;
  rename(from: Path, to: Path): void;
  remove(path: Path): void;
  makeDirectory(path: Path, mode: number): void;
  /** Gives a path to a group; the owner stays. */
  changeGroup(path: Path, gid: number): void;
  openDirectory(path: Path): DirectoryReader;
}
