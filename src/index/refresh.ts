/**
 * Makes the index what the deferred queue is: finds the directories that have changed, has them read, keeps what is
 * found.
 *
 * A directory whose stamp is the one that is kept is not opened; so the whole of an unchanged queue takes one call for
 * each of its directories. What is trusted, and why: stamps.ts.
 *
 * Throws OsError where a directory of the queue can't be read: sums without it would be wrong. One that has gone
 * meanwhile has no messages. Throws StoreFault.
 */
import type {
  IndexStore,
  PackedBatch,
  StoredBatch,
  StoredDirectory,
} from "../effects/index_store.ts";
import { errorCode, OsError } from "../effects/os_error.ts";
import { type QuickLooks, STAMP_WORDS } from "../effects/quick_looks.ts";
import { BatchFacts } from "./batch.ts";
import type { DirectoryReaders } from "./directory_readers.ts";
import { mergeBatches } from "./merge_batches.ts";
import type { DirectoryTools } from "./message_batches.ts";
import { type DirectoryFindings, type Listener, readDirectory } from "./read_directory.ts";
import { areAlike, isDirectory, sizeBytesOf } from "./stamps.ts";

/** How many messages there are is guessed from no fewer directories than these, and this share of all. */
const GUESS_DIRECTORIES_MIN = 8;
const GUESS_SHARE = 1 / 8;

/** The queue's own directory. */
const TOP = "deferred";

/** Is told, now and then, how many messages have been looked at, of how many; null: that can't be guessed yet. */
export type OnProgress = (done: number, all: number | null) => void;

/** What is to be done. */
export interface ChangedDirectories {
  /** Not known, or not as they were. */
  readonly changed: readonly string[];
  /** Known, and no longer there. */
  readonly gone: readonly string[];
  /** Of all directories that are to be read: what their names take. */
  readonly nameBytes: number;
}

/** Compares the queue's directories with what is kept of them. */
export function findChanges(
  looks: QuickLooks,
  known: readonly StoredDirectory[],
): ChangedDirectories {
  const byPath = new Map(known.map((directory) => [directory.path, directory]));
  const stamp = new Uint32Array(STAMP_WORDS);
  const changed: string[] = [];
  let nameBytes = 0;
  const visit = (path: string): void => {
    if (!looks.lookAt(path, stamp, 0)) {
      requireNotTop(path, "ENOENT");
      return;
    }
    if (!isDirectory(stamp, 0)) {
      requireNotTop(path, "ENOTDIR");
      return;
    }
    const directory = byPath.get(path);
    byPath.delete(path);
    if (directory === undefined || !isStampOf(directory, stamp)) {
      changed.push(path);
      nameBytes += sizeBytesOf(stamp, 0);
    }
    for (const name of directory?.below ?? "") {
      visit(`${path}/${name}`);
    }
  };
  visit(TOP);
  return { changed, gone: [...byPath.keys()], nameBytes };
}

function isStampOf({ stamp }: StoredDirectory, words: Uint32Array): boolean {
  const bytes = stamp.slice();
  return (
    bytes.byteLength === words.byteLength && areAlike(new Uint32Array(bytes.buffer), 0, words, 0)
  );
}

function requireNotTop(path: string, code: string): void {
  if (path === TOP) {
    throw new OsError(code, "opendir");
  }
}

/** Says who reads, where the names in all directories that are to be read take so many bytes. */
export type ChooseReaders = (nameBytes: number) => DirectoryReaders;

/** Is told the batches of a directory as soon as they are what they will be: while others read on, rather than at the end. */
export type OnKnown = (batches: readonly StoredBatch[]) => void;

/** What a refreshing works with; the store is being written. */
export interface RefreshTools {
  readonly store: IndexStore;
  readonly looks: QuickLooks;
  readonly choose: ChooseReaders;
  readonly onKnown: OnKnown;
}

/** One refreshing of a store that is being written. */
export class Refresh {
  readonly #store: IndexStore;
  readonly #looks: QuickLooks;
  readonly #choose: ChooseReaders;
  readonly #onKnown: OnKnown;
  readonly #onProgress: OnProgress;
  /** Paths that are to be read, and all that were or will be, or needn't be. */
  readonly #waiting: string[];
  readonly #seen: Set<string>;
  readonly #batches: Map<string, StoredBatch[]>;
  /** What the names of all directories take that are to be read, as far as those are known. */
  #nameBytes: number;
  #lookedCount = 0;
  #readCount = 0;
  /** In directories that were read to their end. */
  #readMessageCount = 0;
  /** Directories that are to be read, as far as they are known, or were. */
  #directoryCount: number;
  /** Of those that were read: they hold directories, and no messages. */
  #upperCount = 0;

  constructor(
    { store, looks, choose, onKnown }: RefreshTools,
    changes: ChangedDirectories,
    onProgress: OnProgress,
  ) {
    this.#store = store;
    this.#looks = looks;
    this.#choose = choose;
    this.#onKnown = onKnown;
    this.#onProgress = onProgress;
    for (const path of changes.gone) {
      store.removeDirectory(path);
    }
    this.#waiting = [...changes.changed];
    this.#seen = new Set([...changes.changed, ...store.directories().map(({ path }) => path)]);
    this.#batches = Map.groupBy(store.batches(), ({ directory }) => directory);
    this.#nameBytes = changes.nameBytes;
    this.#directoryCount = changes.changed.length;
  }

  /** Reads all that is to be read, as many directories at once as there are readers. */
  async run(): Promise<void> {
    const underWay = new Set<Promise<void>>();
    const failures: unknown[] = [];
    while (failures.length === 0 && (this.#waiting.length > 0 || underWay.size > 0)) {
      const readers = this.#choose(this.#nameBytes);
      const path = underWay.size < readers.count ? this.#waiting.shift() : undefined;
      if (path === undefined) {
        await Promise.race(underWay);
        continue;
      }
      const job: Promise<void> = this.#read(path, readers)
        .catch((caught: unknown) => {
          failures.push(caught);
        })
        .finally(() => underWay.delete(job));
      underWay.add(job);
    }
    if (failures.length > 0) {
      throw failures[0];
    }
  }

  async #read(path: string, readers: DirectoryReaders): Promise<void> {
    const batches = this.#batches.get(path) ?? [];
    if (batches.length === 0) {
      // What a broken file may still have of it.
      this.#store.removeDirectory(path);
    }
    const known = batches.map(({ number, live }) => {
      return { number, live, state: this.#store.part(number, "state") };
    });
    const fresh: StoredBatch[] = [];
    let lookedCount = 0;
    const listener: Listener = {
      onBatch: (batch) => {
        const live = allLive(batch);
        const number = this.#store.addBatch(path, live, batch);
        fresh.push({ number, directory: path, live });
      },
      onLooked: (count) => {
        lookedCount += count;
        this.#lookedCount += count;
        this.#onProgress(this.#lookedCount, this.#expectedCount());
      },
    };
    try {
      const findings = await readers.read({ path, known }, listener);
      this.#keep(path, findings, [...batches, ...fresh]);
      if (findings.below === "") {
        this.#readMessageCount += lookedCount;
      } else {
        this.#upperCount++;
        this.#lookedCount -= findings.below.length;
      }
    } catch (caught) {
      requireGone(path, caught);
      this.#store.removeDirectory(path);
    }
    this.#readCount++;
  }

  #keep(path: string, findings: DirectoryFindings, batches: readonly StoredBatch[]): void {
    const { stamp, below, changed } = findings;
    const liveByNumber = new Map(changed.map(({ number, live }) => [number, live]));
    for (const { number, live } of changed) {
      this.#store.setLive(number, live);
    }
    mergeBatches(
      this.#store,
      path,
      batches.map((batch) => ({ ...batch, live: liveByNumber.get(batch.number) ?? batch.live })),
    );
    this.#store.putDirectory({ path, stamp, below });
    this.#onKnown(this.#store.batchesOf(path));
    for (const name of below) {
      const child = `${path}/${name}`;
      if (!this.#seen.has(child)) {
        this.#seen.add(child);
        this.#waiting.push(child);
        this.#directoryCount++;
        this.#nameBytes += nameBytesOf(this.#looks, child);
      }
    }
  }

  /** Hashed directories are about as full as each other. Those above are read first, so that all are known by then. */
  #expectedCount(): number | null {
    const count = this.#directoryCount - this.#upperCount;
    const readCount = this.#readCount - this.#upperCount;
    return readCount < Math.max(GUESS_DIRECTORIES_MIN, count * GUESS_SHARE)
      ? null
      : Math.max(this.#lookedCount, Math.floor((this.#readMessageCount * count) / readCount));
  }
}

function nameBytesOf(looks: QuickLooks, path: string): number {
  const stamp = new Uint32Array(STAMP_WORDS);
  return looks.lookAt(path, stamp, 0) ? sizeBytesOf(stamp, 0) : 0;
}

/** Reads the whole queue in this thread, into an empty store. Throws OsError where the queue can't be read. */
export function readEverything(tools: DirectoryTools, store: IndexStore): void {
  const waiting = [TOP];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const directory = path;
    try {
      const { stamp, below } = readDirectory(
        tools,
        { path, known: [], leftMax: 0 },
        {
          onBatch: (batch) => {
            store.addBatch(directory, allLive(batch), batch);
          },
          onLooked: () => {},
        },
      );
      store.putDirectory({ path, stamp, below });
      waiting.push(...[...below].map((name) => `${directory}/${name}`));
    } catch (caught) {
      requireGone(path, caught);
    }
  }
}

function allLive(batch: PackedBatch): Uint8Array {
  return new Uint8Array(new BatchFacts(batch.facts).count).fill(1);
}

/** A hashed directory may go, and what has a name of one character may be none. */
function requireGone(path: string, caught: unknown): void {
  const code = errorCode(caught);
  if (path === TOP || (code !== "ENOENT" && code !== "ENOTDIR")) {
    throw caught;
  }
}
