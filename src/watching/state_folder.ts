/**
 * The folder in which watchers write down what they do: who watches what, and since when.
 *
 * A watcher has a number, a file NUMBER.json, which is written whole and renamed, a file NUMBER.lock, which it keeps locked
 * as long as it lives, and, if it runs in the background, NUMBER.log. So whether it lives is what the kernel says, and
 * not a process ID that another may have by now. While somebody registers or looks, the file `lock` is locked.
 *
 * Guarantees: no two watchers of one destination; the folder is this user's alone, and no link in it is followed
 * (state/private_folder.ts). Throws StateFault where it can't be used.
 */
import type { Descriptor } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import {
  FolderBusy,
  FolderFault,
  type FolderTools,
  PrivateFolder,
} from "../state/private_folder.ts";
import { decodeRecord, encodeRecord, type WatcherRecord } from "./watcher_record.ts";

/** The folder can't be used, in words for an operator: a byte string. */
export class StateFault extends Error {
  override readonly name = "StateFault";
}

/** Who watches already what somebody wants to watch. */
export class AlreadyWatched extends Error {
  override readonly name = "AlreadyWatched";

  constructor(
    readonly site: string,
    readonly watcher: WatcherRecord,
  ) {
    super(`${site} is watched`);
  }
}

/** A watcher as it was found. */
export interface FoundWatcher {
  readonly record: WatcherRecord;
  /** It has ended without having said so: it was killed, or the machine. */
  readonly isGone: boolean;
}

/** Whoever has the folder locked reads and writes a few small files. */
const LOCK_WAIT_MS = 10_000;

/** So many logs of watchers that have ended are kept: the oldest go when one more begins in the background. */
const LOGS_KEPT = 50;

const FILE_NAME = /^(\d{1,9})\.(json|lock|log)$/;

/** What using the folder takes. No watcher outlives its machine, and so what is written down of it need not either. */
export type StateTools = Omit<FolderTools, "sync">;

export class StateFolder {
  readonly #folder: PrivateFolder;

  /** The folder at this path, which is made where it is missing, and so is the one that it is in. */
  constructor(tools: StateTools, path: string) {
    this.#folder = new PrivateFolder({ ...tools, sync: null }, path);
  }

  get path(): string {
    return this.#folder.path;
  }

  /** The watchers, by number. What is left of those that are gone is removed. */
  async list(): Promise<readonly FoundWatcher[]> {
    return await this.#locked(() => {
      const found = this.#find();
      for (const { record } of found.filter(({ isGone }) => isGone)) {
        this.#removeRecord(record.id);
      }
      return found;
    });
  }

  /** The log of the watcher with this number. */
  logOf(id: number): string {
    return this.#folder.pathOf(fileName(id, "log"));
  }

  /** Takes a number for a watcher that is to run in the background, and the path of its log, which is not made. */
  async reserve(): Promise<{ readonly id: number; readonly log: string }> {
    return await this.#locked(() => {
      const numbers = this.#numbers();
      for (const old of loggedAndGone(numbers).slice(0, -(LOGS_KEPT - 1))) {
        this.#folder.remove(fileName(old, "log"));
        this.giveBack(old);
      }
      const id = next(numbers);
      // The number is taken from now on.
      this.#folder.isLocked(fileName(id, "lock"));
      return { id, log: this.logOf(id) };
    });
  }

  /** The number that was reserved is not used. */
  giveBack(id: number): void {
    this.#guarded(() => this.#folder.remove(fileName(id, "lock")));
  }

  /**
   * Writes a watcher down; with `id`, under a number that was reserved for it. Throws AlreadyWatched.
   */
  async register(
    watcher: Omit<WatcherRecord, "id">,
    id: number | null = null,
  ): Promise<Registration> {
    return await this.#locked(() => {
      this.#requireUnwatched(watcher);
      const number = id ?? next(this.#numbers());
      const lock = this.#folder.lock(fileName(number, "lock"));
      if (lock === null) {
        throw new StateFault(`watcher ${number} runs already`);
      }
      const record = { ...watcher, id: number };
      try {
        this.write(record);
      } catch (caught) {
        this.remove(number, lock);
        throw caught;
      }
      return new Registration(this, lock, record);
    });
  }

  /** Throws AlreadyWatched where somebody watches a destination of this one, of the same queue. */
  async requireUnwatched(watcher: Pick<WatcherRecord, "queueDirectory" | "sites">): Promise<void> {
    await this.#locked(() => this.#requireUnwatched(watcher));
  }

  /** For registrations: writes a record down. */
  write(record: WatcherRecord): void {
    this.#guarded(() => this.#folder.write(fileName(record.id, "json"), encodeRecord(record)));
  }

  /** For registrations: takes away what there is of one. */
  remove(id: number, lock: Descriptor): void {
    this.#guarded(() => {
      this.#removeRecord(id);
      this.#folder.unlock(lock);
    });
  }

  #requireUnwatched({
    queueDirectory,
    sites,
  }: Pick<WatcherRecord, "queueDirectory" | "sites">): void {
    const wanted = new Set(sites.map(({ site }) => site));
    for (const { record, isGone } of this.#find()) {
      const same = record.sites.find(({ site }) => wanted.has(site));
      if (!isGone && record.queueDirectory === queueDirectory && same !== undefined) {
        throw new AlreadyWatched(same.site, record);
      }
    }
  }

  #find(): FoundWatcher[] {
    const ids = [...this.#numbers()].filter(([, kinds]) => kinds.has("json")).map(([id]) => id);
    return ids
      .sort((one, other) => one - other)
      .flatMap((id) => {
        const record = decodeRecord(this.#read(id));
        return record === null
          ? []
          : [{ record: { ...record, id }, isGone: !this.#folder.isLocked(fileName(id, "lock")) }];
      });
  }

  #removeRecord(id: number): void {
    for (const kind of ["json", "lock"]) {
      this.#folder.remove(fileName(id, kind));
    }
  }

  /** Files of watchers, by number and kind. */
  #numbers(): ReadonlyMap<number, ReadonlySet<string>> {
    const numbers = new Map<number, Set<string>>();
    for (const name of this.#folder.names()) {
      const [, number, kind = ""] = FILE_NAME.exec(name) ?? [];
      if (number !== undefined) {
        const kinds = numbers.get(Number(number)) ?? new Set();
        numbers.set(Number(number), kinds.add(kind));
      }
    }
    return numbers;
  }

  /** Nothing where it can't be read, or is no file: one of them is not in the way of the others. */
  #read(id: number): string {
    try {
      return this.#folder.read(fileName(id, "json")) ?? "";
    } catch (caught) {
      if (!(caught instanceof OsError || caught instanceof FolderFault)) {
        throw caught;
      }
      return "";
    }
  }

  async #locked<Result>(work: () => Result): Promise<Result> {
    try {
      return await this.#folder.withLock(LOCK_WAIT_MS, work);
    } catch (caught) {
      throw this.#faultOf(caught);
    }
  }

  #guarded<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (caught) {
      throw this.#faultOf(caught);
    }
  }

  #faultOf(caught: unknown): unknown {
    if (caught instanceof FolderFault) {
      return new StateFault(caught.message);
    }
    if (caught instanceof FolderBusy) {
      return new StateFault(`${this.path} stays locked by another process`);
    }
    return caught instanceof OsError ? new StateFault(`${this.path}: ${caught.message}`) : caught;
  }
}

/** A watcher that is written down, by the process that it is. */
export class Registration {
  readonly #folder: StateFolder;
  readonly #lock: Descriptor;
  #record: WatcherRecord;

  constructor(folder: StateFolder, lock: Descriptor, record: WatcherRecord) {
    this.#folder = folder;
    this.#lock = lock;
    this.#record = record;
  }

  get id(): number {
    return this.#record.id;
  }

  /** Says what it does now. Throws StateFault. */
  update(sites: WatcherRecord["sites"]): void {
    this.#record = { ...this.#record, sites };
    this.#folder.write(this.#record);
  }

  /** It ends. Throws StateFault. */
  end(): void {
    this.#folder.remove(this.#record.id, this.#lock);
  }
}

/** The least number behind all that there are. */
function next(numbers: ReadonlyMap<number, unknown>): number {
  return Math.max(0, ...numbers.keys()) + 1;
}

/** Those of which there is no more than a log, the oldest first. */
function loggedAndGone(numbers: ReadonlyMap<number, ReadonlySet<string>>): number[] {
  const gone = [...numbers].filter(([, kinds]) => kinds.has("log") && !kinds.has("json"));
  return gone.map(([id]) => id).sort((one, other) => one - other);
}

function fileName(id: number, kind: string): string {
  return `${id}.${kind}`;
}
