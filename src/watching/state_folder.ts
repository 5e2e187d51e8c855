/**
 * The folder in which watchers write down what they do: who watches what, and since when.
 *
 * A watcher has a number, a file NUMBER.json, which is written whole and renamed, a file NUMBER.lock, which it keeps locked
 * as long as it lives, and, if it runs in the background, NUMBER.log. So whether it lives is what the kernel says, and
 * not a process ID that another may have by now. While somebody registers or looks, the file `lock` is locked.
 *
 * Guarantees: no two watchers of one destination; the folder is this user's alone (made with mode 0700, refused
 * otherwise), and no link in it is followed. Throws StateFault where it can't be used.
 */
import type { Clock } from "../effects/clock.ts";
import type { Descriptor, Files } from "../effects/files.ts";
import { OsError, unlessAbsent } from "../effects/os_error.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
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

/** What using the folder takes. Paths are absolute. */
export interface StateTools {
  readonly files: Files;
  readonly clock: Clock;
  /** The user that this process acts as. */
  readonly userId: number;
}

/** A watcher as it was found. */
export interface FoundWatcher {
  readonly record: WatcherRecord;
  /** It has ended without having said so: it was killed, or the machine. */
  readonly isGone: boolean;
}

const FOLDER_MODE = 0o700;
const FOREIGN_WRITE = 0o022;

/** Whoever has the folder locked reads and writes a few small files. */
const LOCK_RETRY_MS = 20;
const LOCK_WAIT_MS = 10_000;

/** A hundred sites take 30 KB. */
const RECORD_BYTES_MAX = 1 << 20;

/** So many logs of watchers in the background are kept: the oldest go when one more begins. */
const LOGS_KEPT = 50;

const NAMES_AT_ONCE = 500;
const FILE_NAME = /^(\d{1,9})\.(json|lock|log)$/;

export class StateFolder {
  readonly path: string;
  readonly #tools: StateTools;

  /** The folder at this path, which is made where it is missing, and so is the one that it is in. */
  constructor(tools: StateTools, path: string) {
    this.#tools = tools;
    this.path = path;
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
    return this.#pathOf(id, "log");
  }

  /** Takes a number for a watcher that is to run in the background, and the path of its log, which is not made. */
  async reserve(): Promise<{ readonly id: number; readonly log: string }> {
    return await this.#locked(() => {
      const numbers = this.#numbers();
      const logs = [...numbers].filter(([, kinds]) => kinds.has("log")).map(([id]) => id);
      for (const id of logs.sort((one, other) => one - other).slice(0, -(LOGS_KEPT - 1))) {
        unlessAbsent(() => this.#tools.files.remove(this.#pathOf(id, "log")));
      }
      const id = next(numbers);
      // The number is taken from now on.
      this.#tools.files.close(this.#openLock(id));
      return { id, log: this.#pathOf(id, "log") };
    });
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
      const lock = this.#openLock(number);
      if (!this.#tools.files.tryLock(lock)) {
        this.#tools.files.close(lock);
        throw new StateFault(`watcher ${number} runs already`);
      }
      const registration = new Registration(this, lock, { ...watcher, id: number });
      this.write({ ...watcher, id: number });
      return registration;
    });
  }

  /** Throws AlreadyWatched where somebody watches a destination of this one, of the same queue. */
  async requireUnwatched(watcher: Pick<WatcherRecord, "queueDirectory" | "sites">): Promise<void> {
    await this.#locked(() => this.#requireUnwatched(watcher));
  }

  /** For registrations: writes a record down. */
  write(record: WatcherRecord): void {
    this.#guarded(() => {
      const { files } = this.#tools;
      const fresh = `${this.#pathOf(record.id, "json")}.new`;
      unlessAbsent(() => files.remove(fresh));
      const file = files.open(fresh, { access: "write", create: true });
      try {
        let rest = stringToBytes(encodeRecord(record));
        for (let position = 0; rest.length > 0; ) {
          const taken = files.write(file, rest, position);
          position += taken;
          rest = rest.subarray(taken);
        }
      } finally {
        files.close(file);
      }
      files.rename(fresh, this.#pathOf(record.id, "json"));
    });
  }

  /** For registrations: takes away what there is of one. */
  remove(id: number, lock: Descriptor): void {
    this.#guarded(() => {
      this.#removeRecord(id);
      this.#tools.files.close(lock);
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
        const record = decodeRecord(this.#read(this.#pathOf(id, "json")));
        return record === null ? [] : [{ record: { ...record, id }, isGone: this.#isGone(id) }];
      });
  }

  #isGone(id: number): boolean {
    const { files } = this.#tools;
    const lock = this.#openLock(id);
    try {
      return files.tryLock(lock);
    } finally {
      files.close(lock);
    }
  }

  #removeRecord(id: number): void {
    for (const kind of ["json", "lock"]) {
      unlessAbsent(() => this.#tools.files.remove(this.#pathOf(id, kind)));
    }
  }

  /** Files of watchers, by number and kind. */
  #numbers(): ReadonlyMap<number, ReadonlySet<string>> {
    const numbers = new Map<number, Set<string>>();
    const reader = this.#tools.files.openDirectory(this.path);
    try {
      for (
        let names = reader.next(NAMES_AT_ONCE);
        names.length > 0;
        names = reader.next(NAMES_AT_ONCE)
      ) {
        for (const name of names) {
          const [, number, kind = ""] = FILE_NAME.exec(name) ?? [];
          if (number !== undefined) {
            const kinds = numbers.get(Number(number)) ?? new Set();
            numbers.set(Number(number), kinds.add(kind));
          }
        }
      }
    } finally {
      reader.close();
    }
    return numbers;
  }

  /** Nothing where it can't be read, or is no file: one of them is not in the way of the others. */
  #read(path: string): string {
    const { files } = this.#tools;
    let file: Descriptor | null = null;
    try {
      file = files.open(path, { access: "read" });
      const bytes = new Uint8Array(Math.min(files.status(file).sizeBytes, RECORD_BYTES_MAX));
      return bytesToString(bytes.subarray(0, files.read(file, bytes, 0)));
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      return "";
    } finally {
      if (file !== null) {
        files.close(file);
      }
    }
  }

  #openLock(id: number): Descriptor {
    return this.#tools.files.open(this.#pathOf(id, "lock"), { access: "write", create: true });
  }

  #pathOf(id: number, kind: string): string {
    return `${this.path}/${id}.${kind}`;
  }

  async #locked<Result>(work: () => Result): Promise<Result> {
    const { files } = this.#tools;
    const lock = this.#guarded(() => {
      this.#requireFolder();
      return files.open(`${this.path}/lock`, { access: "write", create: true });
    });
    try {
      await this.#waitForLock(lock);
      return this.#guarded(work);
    } finally {
      files.close(lock);
    }
  }

  async #waitForLock(lock: Descriptor): Promise<void> {
    const { files, clock } = this.#tools;
    const endMs = clock.monotonicMs() + LOCK_WAIT_MS;
    while (!files.tryLock(lock)) {
      if (clock.monotonicMs() >= endMs) {
        throw new StateFault(`${this.path} stays locked by another process`);
      }
      await new Promise<void>((resolve) => {
        clock.after(LOCK_RETRY_MS, resolve);
      });
    }
  }

  #requireFolder(): void {
    const { files, userId } = this.#tools;
    this.#makeMissing();
    const { kind, mode, uid } = files.statusOf(this.path);
    if (kind !== "directory") {
      throw new StateFault(`${this.path} is no directory, but a ${kind}`);
    }
    if (uid !== userId || (mode & FOREIGN_WRITE) !== 0) {
      throw new StateFault(`${this.path} is another user's, or others may write to it`);
    }
  }

  #makeMissing(): void {
    const { files } = this.#tools;
    const parent = this.path.slice(0, this.path.lastIndexOf("/"));
    for (const path of [parent, this.path]) {
      if (path !== "" && !files.isThere(path)) {
        files.makeDirectory(path, FOLDER_MODE);
      }
    }
  }

  #guarded<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (caught) {
      throw caught instanceof OsError ? new StateFault(`${this.path}: ${caught.message}`) : caught;
    }
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
