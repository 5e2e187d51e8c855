/**
 * The folder in which timed holds are kept: a file for each queue, root's alone.
 *
 * What is written is on disk when the call returns, whole or not at all (effects/host.ts). One process at a time works
 * with it: whoever comes waits for the lock. No link is followed, as nobody else may write to the folder: that is seen to
 * each time. Throws HoldFault, and nothing has been changed then.
 */
import type { Clock } from "../effects/clock.ts";
import type { Descriptor, Files } from "../effects/files.ts";
import type { Host } from "../effects/host.ts";
import { OsError } from "../effects/os_error.ts";
import { formatHolds, parseHolds, type QueueHolds } from "./timed_holds.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** Group or others may write. */
const FOREIGN_WRITE = 0o022;
const SUFFIX = ".holds";
const LOCK = "lock";
const KEEPER_LOCK = "keeper.lock";
const KEEPER_LOG = "keeper.log";

const LOCK_RETRY_MS = 50;
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
export interface FolderTools {
  readonly host: Host;
  /** For locks. */
  readonly files: Files;
  readonly clock: Clock;
}

export class HoldFolder {
  readonly path: string;
  readonly #tools: FolderTools;

  /** `path` is an absolute byte string. */
  constructor(tools: FolderTools, path: string) {
    this.#tools = tools;
    this.path = path;
  }

  /** What is kept of a queue; null: nothing. */
  read(queueDirectory: string): QueueHolds | null {
    return this.#translated(() =>
      this.#isUsable() ? this.#readFile(fileName(queueDirectory)) : null,
    );
  }

  /** Of all queues. */
  readAll(): readonly QueueHolds[] {
    return this.#translated(() => {
      if (!this.#isUsable()) {
        return [];
      }
      const names = this.#tools.host.list(this.path).filter((name) => name.endsWith(SUFFIX));
      return names.toSorted().flatMap((name) => this.#readFile(name) ?? []);
    });
  }

  /** Keeps what is on hold in a queue; nothing is kept where nothing is. Only within `withLock`. */
  write(holds: QueueHolds): void {
    this.#translated(() => {
      const { host } = this.#tools;
      const path = `${this.path}/${fileName(holds.queueDirectory)}`;
      if (holds.holds.size > 0) {
        host.write(path, formatHolds(holds), { mode: FILE_MODE, uid: host.userId(), gid: 0 });
      } else if (host.statusOf(path) !== null) {
        host.remove(path);
      }
    });
  }

  /** Works while nobody else does. The folder is made where it is missing. */
  async withLock<Result>(work: () => Promise<Result>): Promise<Result> {
    const { clock, files } = this.#tools;
    const lock = this.#openLock(LOCK);
    try {
      const endMs = clock.monotonicMs() + LOCK_WAIT_MS;
      while (!files.tryLock(lock)) {
        if (clock.monotonicMs() >= endMs) {
          throw new HoldFault("busy", `${this.path}: another command is at it`);
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

  /** Somebody keeps watch over the folder (asKeeper). Who does looks once more for holds when he has left off. */
  isWatched(): boolean {
    const { files } = this.#tools;
    const lock = this.#openLock(KEEPER_LOCK);
    try {
      return !files.tryLock(lock);
    } finally {
      files.close(lock);
    }
  }

  /** Where the next who keeps watch may write what he has to say. Nothing is there. */
  freshLog(): string {
    return this.#translated(() => {
      const path = `${this.path}/${KEEPER_LOG}`;
      if (this.#tools.host.statusOf(path) !== null) {
        this.#tools.host.remove(path);
      }
      return path;
    });
  }

  /** Works if nobody else keeps watch over the folder; null: somebody does. */
  async asKeeper<Result>(work: () => Promise<Result>): Promise<Result | null> {
    const { files } = this.#tools;
    const lock = this.#openLock(KEEPER_LOCK);
    try {
      return files.tryLock(lock) ? await work() : null;
    } finally {
      files.close(lock);
    }
  }

  #openLock(name: string): Descriptor {
    return this.#translated(() => {
      if (!this.#isUsable()) {
        this.#make();
      }
      return this.#tools.files.open(`${this.path}/${name}`, { access: "both", create: true });
    });
  }

  /** With the one that it is in. */
  #make(): void {
    const { host } = this.#tools;
    const parent = this.path.slice(0, this.path.lastIndexOf("/"));
    if (parent !== "" && host.statusOf(parent) === null) {
      host.makeDirectory(parent, FOLDER_MODE);
    }
    host.makeDirectory(this.path, FOLDER_MODE);
  }

  /** False: it is not there. */
  #isUsable(): boolean {
    const { host } = this.#tools;
    const status = host.statusOf(this.path);
    if (status === null) {
      return false;
    }
    if (status.kind !== "directory") {
      throw new HoldFault("trouble", `${this.path} is no directory, but a ${status.kind}`);
    }
    if (status.uid !== 0 && status.uid !== host.userId()) {
      throw new HoldFault("trouble", `${this.path} is another user's`);
    }
    if ((status.mode & FOREIGN_WRITE) !== 0) {
      throw new HoldFault("trouble", `${this.path} may be written to by others`);
    }
    return true;
  }

  #readFile(name: string): QueueHolds | null {
    const { host } = this.#tools;
    const path = `${this.path}/${name}`;
    const status = host.statusOf(path);
    if (status === null) {
      return null;
    }
    if (status.kind !== "file") {
      throw new HoldFault("trouble", `${path} is no file, but a ${status.kind}`);
    }
    const holds = parseHolds(host.read(path));
    if (holds === null || fileName(holds.queueDirectory) !== name) {
      throw new HoldFault("broken", `${path} is not understood`);
    }
    return holds;
  }

  #translated<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      const isForbidden = caught.code === "EACCES" || caught.code === "EPERM";
      throw new HoldFault(isForbidden ? "forbidden" : "trouble", `${this.path}: ${caught.text}`);
    }
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
