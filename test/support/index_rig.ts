/**
 * A deferred queue on a disk in memory, what is in it as it should be told, and the index over it.
 *
 * What is done to a message is done as Postfix does it: it leaves its directory, is changed elsewhere, and comes back.
 */
import type { IndexStore, IndexStores, StoreFault } from "../../src/effects/index_store.ts";
import type { Threads } from "../../src/effects/threads.ts";
import { openDeferredIndex } from "../../src/index/deferred_index.ts";
import type { DeferredMail, DeferredMessage } from "../../src/index/deferred_mail.ts";
import { serveReading } from "../../src/index/directory_readers.ts";
import { MessagesInMemory } from "../../src/index/messages_in_memory.ts";
import { StoreInMemory } from "../../src/index/store_in_memory.ts";
import { MemoryClock } from "../../src/memory/clock.ts";
import { MemoryDisk } from "../../src/memory/disk.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import { MemoryQuickLooks } from "../../src/memory/quick_looks.ts";
import { type HashingRules, hashedDirectory } from "../../src/names/hashed_path.ts";
import { parseQueueId, type QueueId } from "../../src/names/names.ts";
import { CanonicalDomains } from "../../src/record/canonical_domain.ts";
import { buildDeferFile, buildQueueFile, pointer, record } from "./queue_files.ts";

/** A recipient that waits, or was served. */
export interface PlannedWaiting {
  readonly address: string;
  readonly isDone?: boolean;
  /** Under which addresses it was tried, and why it waits. */
  readonly tries: ReadonlyArray<{
    readonly address: string;
    readonly status: string;
    readonly reason: string;
  }>;
}

/** A message as it is to be. */
export interface PlannedMessage {
  readonly id: string;
  readonly sender: string;
  readonly arrivalSeconds: number;
  readonly nextTrySeconds: number;
  readonly lines: readonly string[];
  readonly recipients: readonly PlannedWaiting[];
}

const QUEUE = "/queue";

export class IndexRig {
  readonly clock = new MemoryClock();
  readonly disk = new MemoryDisk(this.clock);
  readonly files = new MemoryFiles(this.disk);
  readonly hashing: HashingRules;
  readonly plans = new Map<string, PlannedMessage>();
  /** Names of files that are no messages. */
  readonly unreadable = new Set<string>();
  readonly warnings: string[] = [];
  /** How far the reading was, as it was told. */
  readonly progress: (readonly [number, number | null])[] = [];
  /** What is kept, until it is removed. */
  store: IndexStore | null = null;
  /** What `store` is of: it is of no use for anything else. */
  meaning = "";
  openFault: StoreFault | null = null;
  openCount = 0;
  removedCount = 0;

  /** `depth` 0: flat directories; else those of these queues are hashed. */
  constructor(depth: number, hashed: readonly string[] = ["deferred", "defer"]) {
    const hashedQueues = new Set(depth === 0 ? [] : hashed);
    this.hashing = { hashedQueues, depth: Math.max(depth, 1) };
    for (const queue of ["deferred", "defer", "active", "hold"]) {
      this.disk.makeDirectories(queue);
    }
  }

  /** Where a message's file is in a queue; its directory is made. */
  path(queue: string, id: string): string {
    const directory = hashedDirectory(queue, checked(id), this.hashing);
    this.disk.makeDirectories(directory);
    return `${directory}${id}`;
  }

  /** A new message comes into the deferred queue. */
  arrive(plan: PlannedMessage): void {
    this.#write("active", plan);
    this.#comeBack(plan);
  }

  /** A message leaves the deferred queue, is changed, and comes back. */
  retry(plan: PlannedMessage): void {
    this.files.rename(this.path("deferred", plan.id), this.path("active", plan.id));
    this.#write("active", plan);
    this.#comeBack(plan);
  }

  /** A message is delivered, or deleted. */
  leave(id: string): void {
    this.files.remove(this.path("deferred", id));
    this.files.remove(this.path("defer", id));
    this.plans.delete(id);
    this.unreadable.delete(id);
  }

  /** Something that is no message, but has the name of one. */
  putUnreadable(id: string, text: string): void {
    this.disk.writeFile(this.path("deferred", id), text, { mode: 0o700 });
    this.unreadable.add(id);
  }

  /** What is to be told. */
  expected(): MessagesInMemory {
    const domains = new CanonicalDomains(false);
    const messages = [...this.plans.values()].map((plan) => messageOf(plan, domains));
    const unreadable = [...this.unreadable].map((id) => {
      return { path: this.path("deferred", id), why: "" };
    });
    return new MessagesInMemory(messages, unreadable);
  }

  /** Opens the index; what is kept is kept for the next time. */
  async open(
    how: {
      readonly isFresh?: boolean;
      readonly isFolderChosen?: boolean;
      readonly threads?: Threads;
      readonly nameBytesHereMax?: number;
    } = {},
  ) {
    return await openDeferredIndex({
      files: this.files,
      looks: new MemoryQuickLooks(this.files),
      clock: this.clock,
      rules: { hashing: this.hashing, idna2003: false },
      threads: how.threads ?? null,
      // Directories in memory have no size.
      nameBytesHereMax: how.nameBytesHereMax ?? -1,
      stores: this.#stores(),
      queueDirectory: QUEUE,
      isFolderChosen: how.isFolderChosen ?? true,
      isFresh: how.isFresh ?? false,
      warn: (text) => this.warnings.push(text),
      onProgress: (done, all) => this.progress.push([done, all]),
    });
  }

  /** Opens it as if nothing had been kept. */
  async openAnew(): Promise<DeferredMail> {
    const { store } = this;
    this.store = null;
    const mail = await this.open();
    this.store = store;
    return mail;
  }

  /** Threads that are none: they run when the event loop turns. */
  threads(
    processorCount: number,
  ): Threads & { readonly startedCount: number; readonly endedCount: number } {
    const world = {
      files: this.files,
      looks: new MemoryQuickLooks(this.files),
      clock: this.clock,
    };
    let startedCount = 0;
    let endedCount = 0;
    return {
      processorCount,
      turn: () => new Promise((turned) => setImmediate(turned)),
      get startedCount() {
        return startedCount;
      },
      get endedCount() {
        return endedCount;
      },
      start: (onValue) => {
        startedCount++;
        let isEnded = false;
        const send = (value: unknown): void => {
          setImmediate(() => isEnded || onValue(structuredClone(value)));
        };
        return {
          send: (value) =>
            setImmediate(() => serveReading(structuredClone(value), { send }, world)),
          end: () => {
            endedCount += isEnded ? 0 : 1;
            isEnded = true;
          },
        };
      },
    };
  }

  #stores(): IndexStores {
    return {
      open: (_, meaning) => {
        this.openCount++;
        const fault = this.openFault;
        if (fault !== null) {
          throw fault;
        }
        this.meaning = meaning;
        this.store ??= new StoreInMemory();
        return this.store;
      },
      remove: () => {
        this.removedCount++;
        this.store = null;
      },
    };
  }

  /** With its defer file, which is written before the message comes back. */
  #write(queue: string, plan: PlannedMessage): void {
    const { text, offsets } = buildQueueFile({
      sender: plan.sender,
      arrivalSeconds: plan.arrivalSeconds,
      content: plan.lines,
      recipients: plan.recipients.map(({ address, isDone }) => {
        return { address, state: isDone === true ? "done" : "waiting" };
      }),
    });
    const deferrals = plan.recipients.flatMap(({ tries }, index) =>
      tries.map(({ address, status, reason }) => {
        return { recipient: address, offset: offsets[index] ?? 0, status, reason };
      }),
    );
    this.disk.writeFile(this.path(queue, plan.id), text, { mode: 0o700 });
    this.disk.writeFile(this.path("defer", plan.id), buildDeferFile(deferrals), { mode: 0o600 });
  }

  #comeBack(plan: PlannedMessage): void {
    const path = this.path("active", plan.id);
    this.files.setTimes(path, plan.nextTrySeconds);
    this.files.rename(path, this.path("deferred", plan.id));
    this.plans.set(plan.id, plan);
  }
}

function messageOf(plan: PlannedMessage, domains: CanonicalDomains): DeferredMessage {
  const { id, sender, arrivalSeconds, nextTrySeconds, lines } = plan;
  const siteOf = (address: string): string =>
    address.includes("@") ? (domains.of(address.slice(address.lastIndexOf("@") + 1)) ?? "") : "";
  const content = lines.map((line) => record("N", line)).join("") + pointer(0);
  return {
    queueId: id,
    sender,
    arrivalSeconds,
    nextTrySeconds,
    sizeBytes: content.length,
    recipients: plan.recipients
      .filter(({ isDone }) => isDone !== true)
      .flatMap(({ address, tries }) =>
        tries.length === 0
          ? [{ address, site: siteOf(address), status: "", reason: "" }]
          : tries.map((tried) => ({ ...tried, site: siteOf(tried.address) })),
      ),
  };
}

function checked(text: string): QueueId {
  const id = parseQueueId(text);
  if (id === null) {
    throw new Error(`${text} is no queue ID`);
  }
  return id;
}
