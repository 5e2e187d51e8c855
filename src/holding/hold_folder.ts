/**
 * The folder in which timed holds are kept: a file for each queue, root's alone.
 *
 * What is written is on disk when the call returns, whole or not at all (state/private_folder.ts). One process at a time
 * works with it: whoever comes waits for the lock. Throws HoldFault, and nothing has been changed then.
 */
import type { Clock } from "../effects/clock.ts";
import type { Files } from "../effects/files.ts";
import type { Host } from "../effects/host.ts";
import { OsError } from "../effects/os_error.ts";
import { FolderBusy, FolderFault, PrivateFolder } from "../state/private_folder.ts";
import { formatHolds, parseHolds, type QueueHolds } from "./timed_holds.ts";

const SUFFIX = ".holds";
const KEEPER_LOCK = "keeper.lock";
const KEEPER_LOG = "keeper.log";

/** So long others may take; a hold of 100,000 messages takes some 20 s. */
const LOCK_WAIT_MS = 60_000;

/** `busy`: another command is at it; `forbidden`: this user may not; `broken`: what is kept can't be understood. */
export type HoldFaultKind = "busy" | "forbidden" | "broken" | "trouble";

/** Why timed holds can't be read or kept; the message is a byte string. */
export class HoldFault extends Error {
  override readonly name = "HoldFault";
  readonly kind: HoldFaultKind;

  constructor(kind: HoldFaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** What the folder is on. */
export interface HoldTools {
  readonly host: Host;
  /** Paths are absolute. */
  readonly files: Files;
  readonly clock: Clock;
}

export class HoldFolder {
  readonly #folder: PrivateFolder;

  /** `path` is an absolute byte string. */
  constructor({ host, files, clock }: HoldTools, path: string) {
    const sync = (place: string): void => host.sync(place);
    this.#folder = new PrivateFolder({ files, clock, userId: host.userId(), sync }, path);
  }

  get path(): string {
    return this.#folder.path;
  }

  /** What is kept of a queue; null: nothing. */
  read(queueDirectory: string): QueueHolds | null {
    return this.#translated(() =>
      this.#folder.isThere() ? this.#readFile(fileName(queueDirectory)) : null,
    );
  }

  /** Of all queues. */
  readAll(): readonly QueueHolds[] {
    return this.#translated(() => {
      const all = this.#folder.isThere() ? this.#folder.names() : [];
      const names = all.filter((name) => name.endsWith(SUFFIX));
      return names.toSorted().flatMap((name) => this.#readFile(name) ?? []);
    });
  }

  /** Keeps what is on hold in a queue; nothing is kept where nothing is. Only within `withLock`. */
  write(holds: QueueHolds): void {
    this.#translated(() => {
      const name = fileName(holds.queueDirectory);
      if (holds.holds.size > 0) {
        this.#folder.write(name, formatHolds(holds));
      } else {
        this.#folder.remove(name);
      }
    });
  }

  /** Works while nobody else does. The folder is made where it is missing. */
  async withLock<Result>(work: () => Promise<Result>): Promise<Result> {
    let isMine = false;
    try {
      return await this.#folder.withLock(LOCK_WAIT_MS, async () => {
        isMine = true;
        return await work();
      });
    } catch (caught) {
      // What the work throws is the work's.
      throw isMine ? caught : this.#faultOf(caught);
    }
  }

  /** Somebody keeps watch over the folder (asKeeper). Who does looks once more for holds when he has left off. */
  isWatched(): boolean {
    return this.#translated(() => this.#folder.isLocked(KEEPER_LOCK));
  }

  /** Where the next who keeps watch may write what he has to say. Nothing is there. */
  freshLog(): string {
    return this.#translated(() => {
      this.#folder.remove(KEEPER_LOG);
      return this.#folder.pathOf(KEEPER_LOG);
    });
  }

  /** Works if nobody else keeps watch over the folder; null: somebody does. */
  async asKeeper<Result>(work: () => Promise<Result>): Promise<Result | null> {
    const lock = this.#translated(() => this.#folder.lock(KEEPER_LOCK));
    if (lock === null) {
      return null;
    }
    try {
      return await work();
    } finally {
      this.#folder.unlock(lock);
    }
  }

  #readFile(name: string): QueueHolds | null {
    const text = this.#folder.read(name);
    if (text === null) {
      return null;
    }
    const holds = parseHolds(text);
    if (holds === null || fileName(holds.queueDirectory) !== name) {
      throw new HoldFault("broken", `${this.#folder.pathOf(name)} is not understood`);
    }
    return holds;
  }

  #translated<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (caught) {
      throw this.#faultOf(caught);
    }
  }

  #faultOf(caught: unknown): unknown {
    if (caught instanceof FolderFault) {
      return new HoldFault("trouble", caught.message);
    }
    if (caught instanceof FolderBusy) {
      return new HoldFault("busy", `${this.path}: another command is at it`);
    }
    if (!(caught instanceof OsError)) {
      return caught;
    }
    const isForbidden = caught.code === "EACCES" || caught.code === "EPERM";
    return new HoldFault(isForbidden ? "forbidden" : "trouble", `${this.path}: ${caught.text}`);
  }
}

/** Which file is a queue's: its path, with `%` and two digits for what is no plain character. */
function fileName(queueDirectory: string): string {
  const name = queueDirectory.replace(
    /[^A-Za-z0-9._-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `${name}${SUFFIX}`;
}
