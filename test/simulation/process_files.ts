/**
 * The files of one process of ours: everything that happens to it is asked for and told of, call by call.
 *
 * A process that was killed lives on as a ghost, since a call has to return: each call it still makes fails
 * and has no effect.
 */
import type { Descriptor, FileStatus } from "../../src/effects/files.ts";
import { OsError } from "../../src/effects/os_error.ts";
import type { MemoryDisk } from "../../src/memory/disk.ts";
import { type FaultPoint, ProcessKilled } from "../../src/memory/faults.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import type { Identity } from "../../src/memory/permissions.ts";
import { isDenied, type Lie, toldStatus } from "./lies.ts";

/** Who is told of a process's calls. */
export interface CallWatcher {
  /** It has had its effect. */
  done(point: FaultPoint): void;
  /** It was killed, with locks of these paths. */
  died(locked: readonly string[]): void;
}

export class ProcessFiles extends MemoryFiles {
  readonly #watcher: CallWatcher;
  readonly #lie: Lie | null;
  /** The paths of what is open and locked. */
  readonly #locked = new Map<Descriptor, string>();
  #lastPath = "";
  #isDead = false;
  /** Where the write that is being made goes to; null while none is. */
  #writePosition: number | null = null;

  constructor(disk: MemoryDisk, identity: Identity, watcher: CallWatcher, lie: Lie | null) {
    super(disk, identity);
    this.#lie = lie;
    this.#watcher = watcher;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get writePosition(): number | null {
    return this.#writePosition;
  }

  /** Whether it holds the lock of a file opened by that path. */
  holdsLock(path: string): boolean {
    return [...this.#locked.values()].includes(path);
  }

  override kill(): void {
    const locked = [...this.#locked.values()];
    this.#isDead = true;
    this.#locked.clear();
    super.kill();
    this.#watcher.died(locked);
  }

  override tryLock(file: Descriptor): boolean {
    const isLocked = super.tryLock(file) || this.#lie === "every lock is free";
    if (isLocked) {
      this.#locked.set(file, this.#lastPath);
    }
    return isLocked;
  }

  override unlock(file: Descriptor): void {
    super.unlock(file);
    this.#locked.delete(file);
  }

  override status(file: Descriptor): FileStatus {
    return toldStatus(this.#lie, super.status(file));
  }

  override statusOf(path: string, options?: { readonly followLink?: boolean }): FileStatus {
    if (isDenied(this.#lie, path)) {
      throw new OsError("ENOENT", "lstat");
    }
    return super.statusOf(path, options);
  }

  override isThere(path: string): boolean {
    return !isDenied(this.#lie, path) && super.isThere(path);
  }

  override write(file: Descriptor, bytes: Uint8Array, position: number): number {
    if (this.#lie === "every write was done") {
      return bytes.length;
    }
    this.#writePosition = position;
    try {
      return super.write(file, bytes, position);
    } finally {
      this.#writePosition = null;
    }
  }

  override close(file: Descriptor): void {
    if (this.#isDead) {
      return;
    }
    this.#locked.delete(file);
    try {
      super.close(file);
    } catch (caught) {
      if (!this.#isDead) {
        throw caught;
      }
    }
  }

  protected override call<Result>(
    operation: FaultPoint["operation"],
    path: string,
    act: (countMax: number) => Result,
  ): Result {
    if (this.#isDead) {
      throw new OsError("EIO", operation);
    }
    try {
      const result = super.call(operation, path, act);
      this.#lastPath = path;
      if (!hasFoundNothing(operation, result)) {
        this.#watcher.done({ operation, path });
      }
      return result;
    } catch (caught) {
      if (!(caught instanceof ProcessKilled)) {
        throw caught;
      }
      throw new OsError("EIO", operation);
    }
  }
}

/** Whether a call found nothing of the name that it was given. */
function hasFoundNothing(operation: FaultPoint["operation"], result: unknown): boolean {
  return (operation === "isThere" || operation === "setTimes") && result === false;
}
