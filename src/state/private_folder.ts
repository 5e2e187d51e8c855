/**
 * A folder in which commands keep what the next ones must know: root's, or that of the user who runs them.
 *
 * It is made with mode 0700 where it is missing, and refused where others may write to it: that is seen to each time, so
 * that no link in it is anybody's trap, and none is followed all the same. A file is written whole and then takes its name.
 * Locks are flock(2)'s: they end with their process. Throws FolderFault where the folder or what is in it is not what it
 * must be, FolderBusy where its lock is not to be had, and OsError.
 */
import type { Clock } from "../effects/clock.ts";
import type { Descriptor, Files } from "../effects/files.ts";
import { errorCode, unlessAbsent } from "../effects/os_error.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { doubtOfFolder, OWN_FOLDER_MODE } from "../names/own_folder.ts";

/** The folder, or a file in it, is not what it must be; the message, a byte string, is for an operator. */
export class FolderFault extends Error {
  override readonly name = "FolderFault";
}

/** Somebody else has the folder locked, for too long. */
export class FolderBusy extends Error {
  override readonly name = "FolderBusy";
}

/** What a folder is on. Paths are absolute. */
export interface FolderTools {
  readonly files: Files;
  readonly clock: Clock;
  /** The user that this process acts as. */
  readonly userId: number;
  /**
   * Sees to it that a file, or the names in a directory, are on disk. Null: what is written need not outlive the machine,
   * and after its fall a file may be empty.
   */
  readonly sync: ((path: string) => void) | null;
}

const ROOT = 0;
const LOCK = "lock";
const LOCK_RETRY_MS = 20;
const NAMES_AT_ONCE = 500;
/** A file that has not taken its name yet. */
const UNFINISHED = ".new";

export class PrivateFolder {
  readonly path: string;
  readonly #tools: FolderTools;

  /** The folder at this path, a byte string. It is made with the first lock, and so is the one that it is in. */
  constructor(tools: FolderTools, path: string) {
    this.#tools = tools;
    // Behind a slash the kernel would follow a link.
    this.path = path.replace(/\/+$/, "");
  }

  /** False: it is not there. */
  isThere(): boolean {
    const { files, userId } = this.#tools;
    if (!files.isThere(this.path)) {
      return false;
    }
    const doubt = doubtOfFolder(this.path, files.statusOf(this.path), [ROOT, userId]);
    if (doubt !== null) {
      throw new FolderFault(doubt.why);
    }
    return true;
  }

  pathOf(name: string): string {
    return `${this.path}/${name}`;
  }

  /** What is in it, in no order. */
  names(): string[] {
    const names: string[] = [];
    const reader = this.#tools.files.openDirectory(this.path);
    try {
      for (
        let some = reader.next(NAMES_AT_ONCE);
        some.length > 0;
        some = reader.next(NAMES_AT_ONCE)
      ) {
        names.push(...some);
      }
    } finally {
      reader.close();
    }
    return names;
  }

  /** The whole content; null: there is no such file. */
  read(name: string): string | null {
    const { files } = this.#tools;
    const path = this.pathOf(name);
    if (!files.isThere(path)) {
      return null;
    }
    const { kind } = files.statusOf(path);
    if (kind !== "file") {
      throw new FolderFault(`${path} is no file, but a ${kind}`);
    }
    const file = files.open(path, { access: "read" });
    try {
      const bytes = new Uint8Array(files.status(file).sizeBytes);
      let length = 0;
      for (let count = 1; count > 0 && length < bytes.length; length += count) {
        count = files.read(file, bytes.subarray(length), length);
      }
      return bytesToString(bytes.subarray(0, length));
    } finally {
      files.close(file);
    }
  }

  /** Makes or replaces a file, with mode 0600. */
  write(name: string, text: string): void {
    const { files, sync } = this.#tools;
    const path = this.pathOf(name);
    const fresh = `${path}${UNFINISHED}`;
    // What a killed command has left, or a link.
    unlessAbsent(() => files.remove(fresh));
    try {
      writeNew(files, fresh, stringToBytes(text));
      sync?.(fresh);
      files.rename(fresh, path);
    } catch (caught) {
      unlessAbsent(() => files.remove(fresh));
      throw caught;
    }
    sync?.(this.path);
  }

  /** Nothing of that name is there afterwards. */
  remove(name: string): void {
    unlessAbsent(() => this.#tools.files.remove(this.pathOf(name)));
  }

  /** Works while nobody else does. The folder is made where it is missing. */
  async withLock<Result>(waitMs: number, work: () => Result | Promise<Result>): Promise<Result> {
    const { files, clock } = this.#tools;
    const lock = this.#openLock(LOCK);
    try {
      const endMs = clock.monotonicMs() + waitMs;
      while (!files.tryLock(lock)) {
        if (clock.monotonicMs() >= endMs) {
          throw new FolderBusy(this.path);
        }
        await new Promise<void>((resolve) => {
          clock.after(LOCK_RETRY_MS, resolve);
        });
      }
      return await work();
    } finally {
      files.close(lock);
    }
  }

  /** Takes a lock of its own, which is a file of this name; null: somebody has it. To be given back with `unlock`. */
  lock(name: string): Descriptor | null {
    const { files } = this.#tools;
    const lock = this.#openLock(name);
    let isMine = false;
    try {
      isMine = files.tryLock(lock);
    } finally {
      if (!isMine) {
        files.close(lock);
      }
    }
    return isMine ? lock : null;
  }

  unlock(lock: Descriptor): void {
    this.#tools.files.close(lock);
  }

  /** Somebody has this lock, which is made where it is missing. */
  isLocked(name: string): boolean {
    const lock = this.lock(name);
    if (lock !== null) {
      this.unlock(lock);
    }
    return lock === null;
  }

  #openLock(name: string): Descriptor {
    if (!this.isThere()) {
      this.#make();
    }
    return this.#tools.files.open(this.pathOf(name), { access: "write", create: true });
  }

  /** With the one that it is in. Another command may have been faster. */
  #make(): void {
    const { files } = this.#tools;
    const parent = this.path.slice(0, this.path.lastIndexOf("/"));
    for (const path of [parent, this.path]) {
      if (path !== "" && !files.isThere(path)) {
        makeDirectory(files, path);
      }
    }
    this.isThere();
  }
}

function writeNew(files: Files, path: string, bytes: Uint8Array): void {
  const file = files.open(path, { access: "write", create: true });
  try {
    for (let position = 0; position < bytes.length; ) {
      position += files.write(file, bytes.subarray(position), position);
    }
  } catch (caught) {
    files.close(file);
    throw caught;
  }
  files.closeWritten(file);
}

function makeDirectory(files: Files, path: string): void {
  try {
    files.makeDirectory(path, OWN_FOLDER_MODE);
  } catch (caught) {
    if (errorCode(caught) !== "EEXIST") {
      throw caught;
    }
  }
}
