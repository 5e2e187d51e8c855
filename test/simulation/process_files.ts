/**
 * The files of one process of ours: everything that happens to it is asked for and told of, call by call.
 *
 * A process that was killed lives on as a ghost, since a call has to return: each call it still makes fails
 * and has no effect.
 */
import type { Descriptor } from "../../src/effects/files.ts";
import { OsError } from "../../src/effects/os_error.ts";
import type { MemoryDisk } from "../../src/memory/disk.ts";
import { type FaultPoint, ProcessKilled } from "../../src/memory/faults.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import type { Identity } from "../../src/memory/permissions.ts";
import type { CallDetails } from "../../src/memory/process.ts";

/** Who is told of a process's calls. */
export interface CallWatcher {
  /** It has had its effect. */
  done(point: FaultPoint): void;
  /** Somebody else holds the lock of what has that path. */
  lockedOut(path: string): void;
  /** It was killed, with locks of these paths. */
  died(locked: readonly string[]): void;
}

export class ProcessFiles extends MemoryFiles {
  readonly #watcher: CallWatcher;
  /** The paths of what is open and locked. */
  readonly #locked = new Map<Descriptor, string>();
  #lastPath = "";
  #isDead = false;

  constructor(disk: MemoryDisk, identity: Identity, watcher: CallWatcher) {
    super(disk, identity);
    this.#watcher = watcher;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Whether it holds the lock of a file opened by that path. */
  holdsLock(path: string): boolean {
    for (const locked of this.#locked.values()) {
      if (locked === path) {
        return true;
      }
    }
    return false;
  }

  override kill(): void {
    const locked = [...this.#locked.values()];
    this.#isDead = true;
    this.#locked.clear();
    super.kill();
    this.#watcher.died(locked);
  }

  override tryLock(file: Descriptor): boolean {
    const isLocked = super.tryLock(file);
    if (isLocked) {
      this.#locked.set(file, this.#lastPath);
    } else {
      this.#watcher.lockedOut(this.#lastPath);
    }
    return isLocked;
  }

  override unlock(file: Descriptor): void {
    super.unlock(file);
    this.#locked.delete(file);
  }

  override close(file: Descriptor): void {
    this.#giveBack(file, () => super.close(file));
  }

  override closeWritten(file: Descriptor): void {
    this.#giveBack(file, () => super.closeWritten(file));
  }

  protected override call<Result>(
    operation: FaultPoint["operation"],
    path: string,
    act: (countMax: number) => Result,
    details?: CallDetails,
  ): Result {
    if (this.#isDead) {
      throw new OsError("EIO", operation);
    }
    try {
      const result = super.call(operation, path, act, details);
      this.#lastPath = path;
      if (!hasFoundNothing(operation, result)) {
        this.#watcher.done({ operation, path });
      }
      return result;
    } catch (caught) {
      if (caught instanceof ProcessKilled) {
        throw new OsError("EIO", operation);
      }
      if (operation === "close" || operation === "closeWritten") {
        // It is closed all the same, and what was written may be forgotten.
        this.#watcher.done({ operation, path });
      }
      throw caught;
    }
  }

  #giveBack(file: Descriptor, close: () => void): void {
    if (this.#isDead) {
      return;
    }
    this.#locked.delete(file);
    try {
      close();
    } catch (caught) {
      if (!this.#isDead) {
        throw caught;
      }
    }
  }
}

/** Whether a call found nothing of the name that it was given. */
function hasFoundNothing(operation: FaultPoint["operation"], result: unknown): boolean {
  return (operation === "isThere" || operation === "setTimes") && result === false;
}
