/**
 * One logfile of the record, open and locked as the original locks it: flock(2) on the file itself.
 *
 * Guarantees: while it is open no other process, ours or the original, reads or writes the log. An
 * entry is written whole or not at all (a short write is taken back), and never behind an
 * unterminated line. It is written when it is confirmed, or the log closed, without an error: there are file systems that
 * object to a write no earlier. The inode stays: a process that waits for the lock finds its entries in the file
 * that everybody uses. Never waits: where somebody else holds the lock it says "busy".
 *
 * Does not decide what to write or cut. Throws OsError whose `operation` is the step: "open", "lock",
 * "write", "read", "truncate".
 */

import { wallSeconds } from "../effects/clock.ts";
import type { Descriptor, FileStatus, Files, FileTimes, Path } from "../effects/files.ts";
import { errorCode, OsError } from "../effects/os_error.ts";
import type { LogfileName, QueueId } from "../names/names.ts";
import { entryLines } from "./entry_lines.ts";
import { LogPass, type PassFile } from "./log_pass.ts";
import { newEntries } from "./new_entries.ts";
import {
  logfileDirectory,
  logfilePathParts,
  RECORD_DIRECTORY,
  type RecordTools,
} from "./record_tools.ts";

const NEWLINE = 0x0a;
const NEWLINE_BYTES = Uint8Array.of(NEWLINE);

/**
 * Logs up to this size are read before an add, so that an entry is not written twice; larger ones are
 * appended to, since reading would cost more than the repeat does. 5,000 entries of short queue IDs.
 */
const READ_FOR_ADD_BYTES_MAX = 64 * 1024;

/** Logs up to this size are read by one call where a pass begins: others need one more, to see whether the last line has its end. */
const READ_FOR_PASS_BYTES_MAX = 1024;

/** What is read for an add; nobody keeps it, and nobody looks behind what was read. */
const READ_FOR_ADD = Buffer.allocUnsafe(READ_FOR_ADD_BYTES_MAX);

/** Hashed directories of the record are made as the original makes them. */
const DIRECTORY_MODE = 0o700;

export class LockedLogfile implements PassFile {
  readonly name: LogfileName;
  readonly #tools: RecordTools;
  readonly #path: Path;
  readonly #file: Descriptor;
  readonly #times: FileTimes;
  #sizeBytes: number;
  /** Up to where the file system has nothing to object. */
  #confirmedBytes: number;
  /** Whether the last line has its end; null: not known. */
  #isEnded: boolean | null = null;

  private constructor(
    tools: RecordTools,
    name: LogfileName,
    path: Path,
    file: Descriptor,
    status: FileStatus,
  ) {
    this.#tools = tools;
    this.name = name;
    this.#path = path;
    this.#file = file;
    this.#times = status;
    this.#sizeBytes = status.sizeBytes;
    this.#confirmedBytes = status.sizeBytes;
  }

  /**
   * Opens and locks a logfile; with `create` it is made where it is missing, and its directories too.
   * "busy": the lock is held elsewhere, or the file was removed between opening and locking: try again.
   */
  static tryOpen(
    tools: RecordTools,
    name: LogfileName,
    options: { readonly create: boolean },
  ): LockedLogfile | "absent" | "busy" {
    const path = logfilePathParts(tools, name);
    const file = openLogfile(tools, name, path, options.create);
    if (file === null) {
      return "absent";
    }
    try {
      const locked = tryLock(tools.files, file);
      const status = tools.files.status(file);
      if (status.kind !== "file") {
        throw new OsError(status.kind === "directory" ? "EISDIR" : "EINVAL", "open");
      }
      if (!locked || status.linkCount === 0) {
        tools.files.close(file);
        return "busy";
      }
      return new LockedLogfile(tools, name, path, file, status);
    } catch (caught) {
      tools.files.close(file);
      throw caught;
    }
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Somebody has removed the log without asking for its lock: what it holds counts for nothing. */
  get isVanished(): boolean {
    return this.#files.status(this.#file).linkCount === 0;
  }

  /** When the log was last modified, in whole seconds since the epoch. */
  get modifiedSeconds(): number {
    return Number(this.#files.status(this.#file).mtimeNs / 1_000_000_000n);
  }

  /**
   * Appends those of the entries that the log does not hold yet; in a log that is too large to be read
   * for that, all. What it returns is that of `append`.
   */
  appendNew(ids: readonly QueueId[]): number | "vanished" {
    if (this.#sizeBytes === 0 || this.#sizeBytes > READ_FOR_ADD_BYTES_MAX) {
      return this.append(ids);
    }
    const log = this.#readBeginning(READ_FOR_ADD.subarray(0, this.#sizeBytes));
    return this.append(newEntries(log, ids));
  }

  /**
   * Appends entries in one write, and returns how many. "vanished": somebody removed the log meanwhile without
   * asking for its lock, as the original's purge does with an empty one, and postsuper(1) with all; then nothing
   * counts as written: open anew. (One who looked before our lock and removes after this look is not noticed;
   * the original has the same gap.) To be confirmed, or closed, before anybody relies on it.
   */
  append(ids: readonly QueueId[]): number | "vanished" {
    if (ids.length === 0) {
      return 0;
    }
    this.#writeAtEnd(entryLines(ids, !this.#endsInNewline()));
    return this.isVanished ? "vanished" : ids.length;
  }

  /** Has the file system object now to what was written, if it does; then what was appended is taken back. */
  confirm(): void {
    try {
      step("write", () => this.#files.confirmWritten(this.#file));
      this.#confirmedBytes = this.#sizeBytes;
    } catch (caught) {
      this.#sizeBytes = this.#confirmedBytes;
      this.#isEnded = null;
      this.truncate(this.#confirmedBytes);
      throw caught;
    }
  }

  /** Goes through the lines that the log has now, to take some out; see log_pass.ts. A small log is read at once. */
  pass(): LogPass {
    const isSmall = this.#sizeBytes <= READ_FOR_PASS_BYTES_MAX;
    const beginning = isSmall ? this.#readBeginning(Buffer.alloc(this.#sizeBytes)) : null;
    this.#endLastLine();
    return new LogPass(this, beginning?.length === this.#sizeBytes ? beginning : null);
  }

  /** For a pass. Where there is nothing to read, somebody has emptied the log without asking for its lock. */
  read(into: Uint8Array, position: number): number {
    const count = this.#files.read(this.#file, into, position);
    if (count === 0) {
      throw new OsError("EIO", "read");
    }
    return count;
  }

  /** For a pass: what it copies is confirmed before it writes over the original, or cuts it off. */
  write(bytes: Uint8Array, position: number): void {
    this.#writeAll(bytes, position);
    this.confirm();
  }

  /** For a pass: the same. */
  appendLines(bytes: Uint8Array): void {
    this.#writeAtEnd(bytes);
    this.confirm();
  }

  /** For a pass: cuts the log's end off. */
  truncate(sizeBytes: number): void {
    step("truncate", () => this.#files.truncate(this.#file, sizeBytes));
    this.#noteCut(sizeBytes);
  }

  /** For a pass: the same, while others work. Until it has ended, nothing else may be done with this log. */
  async cut(sizeBytes: number): Promise<void> {
    try {
      await this.#files.cut(this.#file, sizeBytes);
    } catch (caught) {
      throw renamed("truncate", caught);
    }
    this.#noteCut(sizeBytes);
  }

  /**
   * Makes atime and mtime what they were when the log was opened: nothing has happened that they tell of. Where they
   * are so still, nothing is written: to set them would change the inode, of each log at each wake-up.
   */
  restoreTimes(): void {
    const { atimeNs, mtimeNs } = this.#times;
    unlessRefused(() => {
      const now = this.#files.status(this.#file);
      if (now.atimeNs !== atimeNs || now.mtimeNs !== mtimeNs) {
        this.#files.setTimesOf(this.#file, this.#times);
      }
    });
  }

  /** Makes atime and mtime now: the record's way to say when a log was last sent. */
  touch(): void {
    unlessRefused(() => this.#files.setTimes(this.#path, wallSeconds(this.#tools.clock)));
  }

  /** Removes the log's name; only right for a log that is empty. */
  remove(): void {
    this.#files.remove(this.#path);
  }

  /**
   * Gives the lock back: nobody else has this open file, so closing it does. Throws where something was appended that is
   * not confirmed yet, and that may not be there.
   */
  close(): void {
    if (this.#sizeBytes === this.#confirmedBytes) {
      this.#files.close(this.#file);
    } else {
      closeWritten(this.#files, this.#file);
    }
  }

  #noteCut(sizeBytes: number): void {
    this.#sizeBytes = sizeBytes;
    this.#confirmedBytes = sizeBytes;
    this.#isEnded = null;
  }

  get #files(): Files {
    return this.#tools.files;
  }

  /** Reads into `bytes`, which are as long as the log; what there was. */
  #readBeginning(bytes: Buffer): Buffer {
    const count = bytes.length === 0 ? 0 : this.#files.read(this.#file, bytes, 0);
    this.#isEnded = count === bytes.length ? bytes[count - 1] === NEWLINE : null;
    return count === bytes.length ? bytes : bytes.subarray(0, count);
  }

  /** Ends an unterminated last line, so that it stays apart from what is appended. */
  #endLastLine(): void {
    if (!this.#endsInNewline()) {
      this.#writeAtEnd(NEWLINE_BYTES);
      this.confirm();
    }
  }

  #endsInNewline(): boolean {
    if (this.#sizeBytes === 0) {
      return true;
    }
    if (this.#isEnded === null) {
      const last = new Uint8Array(1);
      this.#files.read(this.#file, last, this.#sizeBytes - 1);
      this.#isEnded = last[0] === NEWLINE;
    }
    return this.#isEnded;
  }

  #writeAtEnd(bytes: Uint8Array): void {
    try {
      this.#writeUntorn(bytes);
    } catch (caught) {
      // Take the fragment back, or the original would write its next entry behind it.
      this.#files.truncate(this.#file, this.#sizeBytes);
      throw caught;
    }
    this.#sizeBytes += bytes.length;
    this.#isEnded = bytes[bytes.length - 1] === NEWLINE;
  }

  /**
   * The kernel takes what is written page by page, and a killed process may leave off between two. So where
   * more than one page is written to, the newline that ends it all is written first, at its final place: what is cut
   * short is then a line that zeros end, but never one without its end, to which the original would append its
   * next entry.
   */
  #writeUntorn(bytes: Uint8Array): void {
    const start = this.#sizeBytes;
    const last = bytes.length - 1;
    const { pageBytes } = this.#files;
    if (Math.floor(start / pageBytes) === Math.floor((start + last) / pageBytes)) {
      this.#writeAll(bytes, start);
      return;
    }
    this.#writeAll(NEWLINE_BYTES, start + last);
    this.#writeAll(bytes.subarray(0, last), start);
  }

  #writeAll(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length; ) {
      const rest = done === 0 ? bytes : bytes.subarray(done);
      const taken = this.#files.write(this.#file, rest, position + done);
      if (taken === 0) {
        throw new OsError("ENOSPC", "write");
      }
      done += taken;
    }
  }
}

function openLogfile(
  tools: RecordTools,
  name: LogfileName,
  path: Path,
  create: boolean,
): Descriptor | null {
  try {
    return openKeepingAtime(tools.files, path, create);
  } catch (caught) {
    if (errorCode(caught) !== "ENOENT") {
      throw renamed("open", caught);
    }
    if (!create) {
      return null;
    }
  }
  makeLogfileDirectories(tools, name);
  return step("open", () => openKeepingAtime(tools.files, path, create));
}

/**
 * A log's atime says when it was last sent: what is read here must not change it. The kernel grants
 * that to the file's owner; a log of another owner, which postsuper(1) complains of, is opened without.
 */
function openKeepingAtime(files: Files, path: Path, create: boolean): Descriptor {
  try {
    return files.open(path, { access: "both", create, keepAtime: true });
  } catch (caught) {
    if (errorCode(caught) !== "EPERM") {
      throw caught;
    }
    return files.open(path, { access: "both", create });
  }
}

/** Makes the hashed directories that a log lies in; the record's own directory is not ours to make. Throws OsError. */
export function makeLogfileDirectories(tools: RecordTools, name: LogfileName): void {
  const directory = logfileDirectory(tools, name);
  const first = RECORD_DIRECTORY.length + 1;
  for (
    let slash = directory.indexOf("/", first);
    slash !== -1;
    slash = directory.indexOf("/", slash + 1)
  ) {
    try {
      tools.files.makeDirectory(directory.slice(0, slash), DIRECTORY_MODE);
    } catch (caught) {
      if (errorCode(caught) !== "EEXIST") {
        throw renamed("open", caught);
      }
    }
  }
}

/** Sets time stamps; the original ignores it too where it can't: a refresh then comes early, or late. */
function unlessRefused(setTimes: () => void): void {
  try {
    setTimes();
  } catch (caught) {
    if (errorCode(caught) === "") {
      throw caught;
    }
  }
}

function tryLock(files: Files, file: Descriptor): boolean {
  try {
    return files.tryLock(file);
  } catch (caught) {
    throw renamed("lock", caught);
  }
}

function closeWritten(files: Files, file: Descriptor): void {
  try {
    files.closeWritten(file);
  } catch (caught) {
    throw renamed("write", caught);
  }
}

/**
 * Runs one step; an OsError from it is named after the step, as log readers know it. Not for what an ordinary
 * add does: it makes a function each time (docs/PERFORMANCE.md, "Adds, and which max_use").
 */
function step<Result>(operation: string, run: () => Result): Result {
  try {
    return run();
  } catch (caught) {
    throw renamed(operation, caught);
  }
}

function renamed(operation: string, caught: unknown): unknown {
  return caught instanceof OsError ? new OsError(caught.code, operation) : caught;
}
