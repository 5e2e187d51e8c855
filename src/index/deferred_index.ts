/**
 * Opens the index of deferred mail: makes it what the deferred queue is now, and answers out of it.
 *
 * What is kept saves time and decides nothing: it is used as far as the queue's directories and files show that it is
 * still right, and where it is broken, of another version or can't be kept, all is read anew. Trouble with keeping it is
 * one warning, and the answers are the same. Nothing of the queue is changed.
 *
 * Throws OsError where the queue itself can't be read.
 */
import {
  type IndexStore,
  type IndexStores,
  type StoredBatch,
  StoreFault,
} from "../effects/index_store.ts";
import type { Threads } from "../effects/threads.ts";
import { PACKED_VERSION } from "./batch.ts";
import type { DeferredMail } from "./deferred_mail.ts";
import {
  type DirectoryReaders,
  type ReadingRules,
  type ReadingWorld,
  readersHere,
  readersInThreads,
  toolsOf,
} from "./directory_readers.ts";
import { IndexedMail } from "./indexed_mail.ts";
import { findChanges, type OnProgress, Refresh, readEverything } from "./refresh.ts";
import { StoreInMemory } from "./store_in_memory.ts";
import { SumsAhead } from "./sums_ahead.ts";

/** Some thousand messages: more are worth the start of threads. */
const NAME_BYTES_HERE_MAX = 128 * 1024;

/** What opening needs. */
export interface IndexTools extends ReadingWorld {
  readonly rules: ReadingRules;
  /** Null: the thread that calls does all. */
  readonly threads: Threads | null;
  /** Where the names of all directories that are to be read take less, it does all as well; unless set, 128 KB. */
  readonly nameBytesHereMax?: number;
  readonly stores: IndexStores;
  /** Absolute; the same as the one that `files` and `looks` start from. */
  readonly queueDirectory: string;
  /** Somebody has said where it is kept: that he may not go there is worth a word. */
  readonly isFolderChosen: boolean;
  /** What is kept is forgotten first. */
  readonly isFresh: boolean;
  /** Told why nothing can be kept. */
  warn(text: string): void;
  readonly onProgress: OnProgress;
}

/** Deferred mail as it is now. */
export async function openDeferredIndex(tools: IndexTools): Promise<DeferredMail> {
  const kept = await attempt(tools, () => openKept(tools));
  if (!(kept instanceof StoreFault)) {
    return kept;
  }
  let fault = kept;
  if (fault.kind === "broken") {
    tools.stores.remove(tools.queueDirectory);
    const again = await attempt(tools, () => openKept(tools));
    if (!(again instanceof StoreFault)) {
      return again;
    }
    fault = again;
  }
  const mail = await refreshed(tools, new StoreInMemory());
  // Behind it: who may not read the queue is told that, and nothing else.
  if (isWorthAWord(tools, fault)) {
    tools.warn(fault.message);
  }
  return mail;
}

/** That another command is at it is no trouble; nor is that nobody has made a folder for this user. */
function isWorthAWord({ isFolderChosen }: IndexTools, { kind }: StoreFault): boolean {
  return kind !== "busy" && (kind !== "foreign" || isFolderChosen);
}

async function attempt(
  tools: IndexTools,
  open: () => IndexStore,
): Promise<DeferredMail | StoreFault> {
  let store: IndexStore | null = null;
  try {
    store = open();
    return await refreshed(tools, store);
  } catch (caught) {
    store?.close();
    if (caught instanceof StoreFault) {
      return caught;
    }
    throw caught;
  }
}

function openKept({ stores, queueDirectory, rules }: IndexTools): IndexStore {
  const { hashing, idna2003 } = rules;
  const hashed = [...hashing.hashedQueues].toSorted().join(",");
  const meaning = [queueDirectory, PACKED_VERSION, hashed, hashing.depth, idna2003];
  return stores.open(queueDirectory, meaning.join(" "));
}

async function refreshed(tools: IndexTools, store: IndexStore): Promise<DeferredMail> {
  store.beginReading();
  let ahead = new SumsAhead();
  const changes = findChanges(tools.looks, tools.isFresh ? [] : store.directories());
  if (changes.changed.length + changes.gone.length > 0) {
    const readers = new Readers(tools);
    try {
      // Threads take 9 ms to start: they begin now, while this one gets ready.
      readers.for(changes.nameBytes);
      await refresh(tools, store, readers, ahead);
    } finally {
      readers.end();
    }
    if (!store.beginReading()) {
      ahead = new SumsAhead();
    }
  }
  return new IndexedMail(store, ahead, ({ kind }) => {
    if (kind === "broken") {
      tools.stores.remove(tools.queueDirectory);
    }
    const substitute = new StoreInMemory();
    readEverything(toolsOf(tools, tools.rules), substitute);
    return substitute;
  });
}

async function refresh(
  tools: IndexTools,
  store: IndexStore,
  readers: Readers,
  ahead: SumsAhead,
): Promise<void> {
  if (!store.beginWriting()) {
    throw new StoreFault("busy", "another command writes");
  }
  if (tools.isFresh) {
    forgetAll(store);
  }
  // Another command may have refreshed it meanwhile.
  const changes = findChanges(tools.looks, store.directories());
  const choose = (nameBytes: number): DirectoryReaders => readers.for(nameBytes);
  const onKnown = (batches: readonly StoredBatch[]): void => ahead.add(ahead.load(store, batches));
  const refreshTools = { store, looks: tools.looks, choose, onKnown };
  await new Refresh(refreshTools, changes, tools.onProgress).run();
  store.endWriting();
}

/** The file stays: other commands may have it open. */
function forgetAll(store: IndexStore): void {
  for (const { path } of store.directories()) {
    store.removeDirectory(path);
  }
}

/** Those who read: this thread, and others as soon as there is enough to do. */
class Readers {
  readonly #tools: IndexTools;
  readonly #here: DirectoryReaders;
  #inThreads: DirectoryReaders | null = null;

  constructor(tools: IndexTools) {
    this.#tools = tools;
    this.#here = readersHere(tools, tools.rules);
  }

  for(nameBytes: number): DirectoryReaders {
    const { threads, rules, nameBytesHereMax = NAME_BYTES_HERE_MAX } = this.#tools;
    if (threads === null || nameBytes <= nameBytesHereMax) {
      return this.#here;
    }
    this.#inThreads ??= readersInThreads(threads, this.#tools, rules);
    return this.#inThreads;
  }

  end(): void {
    this.#inThreads?.end();
  }
}
