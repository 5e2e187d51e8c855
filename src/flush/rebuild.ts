/**
 * Rebuilds the record: reads every message that is deferred or on hold, and adds each to the logs of the sites that
 * its undelivered recipients are in.
 *
 * Guarantees: mail flows meanwhile, and no entry is lost or, when the compaction that must follow has been over
 * the logs, doubled. A message that is deferred while the rebuild runs is added by whoever defers it; one that
 * leaves the queue is taken out by the compaction; one that moved or changed between its reading and its entries' writing
 * is read once more (found_entries.ts). Messages on hold are read since postsuper(1) moves them back to
 * deferred without a delivery that would record them. Of those in active what was tried already is added, since its
 * add may have failed. All else in other queues is recorded when it is deferred, and its entries are not touched. Can
 * end at any moment: what is written stays.
 *
 * A message that can't be read is a warning, and has no entry from here. Where a log can't be written, for
 * whomever, the queue or a message not be read for now, or the policy not be looked up, the record does not count as
 * rebuilt.
 */
import { OsError } from "../effects/os_error.ts";
import { hashedPath } from "../names/hashed_path.ts";
import type { LogfileName, QueueId } from "../names/names.ts";
import { QueueIdSet } from "../names/queue_id_set.ts";
import { listMessages } from "../queue/list_messages.ts";
import {
  markRebuilding,
  markRebuilt,
  REBUILDING,
  REBUILT,
  unmarkRebuilt,
} from "../record/rebuilt_marker.ts";
import { logfilePath } from "../record/record_tools.ts";
import type { Adds } from "./add.ts";
import { secondsText } from "./flush_line.ts";
import type { FlushTools } from "./flush_tools.ts";
import { FoundEntries, type SeenMessage, seeMessage, writeEntries } from "./found_entries.ts";
import { warnOfLogfile } from "./logfile_trouble.ts";
import { MessageLogfileFinder, type MessageLogfiles } from "./message_logfiles.ts";
import type { WalkOptions } from "./record_walk.ts";

/** In this order, no message that is deferred meanwhile is missed, nor one that an operator holds or releases. */
const QUEUES = ["hold", "active", "deferred", "hold"] as const;
type Queue = (typeof QUEUES)[number];

/**
 * Entries gathered before they are written: many of one site are one write, also where there are thousands of sites.
 * Some two megabytes.
 */
const GATHERED_MAX = 20_000;

/** Entries of one write, each with a look at its message: a fraction of a slice's time. */
const WRITTEN_AT_ONCE_MAX = 250;

/** What a rebuild has done so far. */
export interface RebuildCounts {
  /** Messages read. */
  messages: number;
  /** Messages that could not be read. */
  unreadable: number;
  /** Entries written; in a log that is too large to be read for an add, one that it held is among them. */
  written: number;
}

/** How to go about it. */
export interface RebuildOptions extends WalkOptions {
  /** Told now and then how far it is; a promise: wait. */
  readonly onProgress?: (counts: Readonly<RebuildCounts>) => Promise<void> | null;
}

/** Reads the queue once. False: it was told to stop, or something could not be read or written. */
export async function rebuild(
  tools: FlushTools,
  adds: Adds,
  options: RebuildOptions,
): Promise<{ readonly isComplete: boolean; readonly counts: Readonly<RebuildCounts> }> {
  const startMs = tools.clock.monotonicMs();
  const run = new RebuildRun(tools, adds, options);
  const isComplete = await run.run();
  const { messages, unreadable, written } = run.counts;
  const numbers = `messages=${messages}, unreadable=${unreadable}, written=${written}`;
  const duration = secondsText(tools.clock.monotonicMs() - startMs);
  tools.log.info(`rebuild: ${isComplete ? "complete" : "incomplete"}, ${numbers}, ${duration}`);
  return { isComplete, counts: run.counts };
}

class RebuildRun {
  readonly counts: RebuildCounts = { messages: 0, unreadable: 0, written: 0 };
  readonly #tools: FlushTools;
  readonly #adds: Adds;
  readonly #options: RebuildOptions;
  readonly #finder: MessageLogfileFinder;
  readonly #found = new FoundEntries();
  #hasFailed = false;

  constructor(tools: FlushTools, adds: Adds, options: RebuildOptions) {
    this.#tools = tools;
    this.#adds = adds;
    this.#finder = new MessageLogfileFinder(tools, options.slice);
    this.#options = options;
  }

  async run(): Promise<boolean> {
    // What is missing now is found: nobody is to take the new mark away for it.
    this.#adds.settleUnmark();
    this.#begin();
    const isAll = await this.#readQueues();
    await this.#write();
    const isComplete = isAll && !this.#hasFailed && !this.#adds.owesUnmark && this.#mark();
    if (!isComplete) {
      unmarkRebuilt(this.#tools);
    }
    return isComplete;
  }

  #begin(): void {
    try {
      markRebuilding(this.#tools);
    } catch (caught) {
      this.#fail(caught, logfilePath(this.#tools, REBUILDING));
    }
  }

  /** False where anybody's add has failed meanwhile: its message may have been deferred behind our back. */
  #mark(): boolean {
    try {
      return markRebuilt(this.#tools);
    } catch (caught) {
      this.#fail(caught, logfilePath(this.#tools, REBUILT));
      return false;
    }
  }

  /** False: told to stop. */
  async #readQueues(): Promise<boolean> {
    const held = new QueueIdSet();
    for (const queue of QUEUES) {
      const isNew = (id: QueueId): boolean => queue !== "hold" || held.add(id) !== "held";
      if (!(await this.#readQueue(queue, isNew))) {
        return false;
      }
    }
    return true;
  }

  async #readQueue(queue: Queue, isNew: (id: QueueId) => boolean): Promise<boolean> {
    const { slice, shouldStop, onProgress } = this.#options;
    const unreadable = (path: string, error: OsError): void => this.#fail(error, path);
    for (const ids of listMessages(queue, this.#tools, unreadable)) {
      for (const id of ids) {
        await slice.pause();
        if (shouldStop()) {
          return false;
        }
        if (isNew(id)) {
          await this.#read(queue, id);
        }
        if (this.#found.count >= GATHERED_MAX) {
          await this.#write();
        }
      }
      await onProgress?.(this.counts);
    }
    return true;
  }

  async #read(queue: Queue, id: QueueId): Promise<void> {
    const { seen, found } = await this.#look(queue, id);
    if (found.kind === "nothing") {
      return;
    }
    this.counts.messages++;
    if (found.kind === "unreadable") {
      this.counts.unreadable++;
      this.#tools.log.warning(`rebuild: ${found.why}`);
      return;
    }
    for (const name of found.names) {
      this.#found.add(name, seen);
    }
  }

  async #look(
    queue: Queue,
    id: QueueId,
  ): Promise<{ readonly seen: SeenMessage; readonly found: MessageLogfiles }> {
    const seen = seeMessage(this.#tools, id, hashedPath(queue, id, this.#tools.hashing));
    const found = await this.#finder.of(queue, id);
    this.#hasFailed ||= found.kind === "unreadable" && found.mayPass;
    this.#hasFailed ||= found.kind === "read" && !found.isComplete;
    return { seen, found };
  }

  async #write(): Promise<void> {
    for (const [name, messages] of this.#found.takeAll()) {
      for (let start = 0; start < messages.length; start += WRITTEN_AT_ONCE_MAX) {
        await this.#writeTo(name, messages.slice(start, start + WRITTEN_AT_ONCE_MAX));
      }
    }
  }

  async #writeTo(name: LogfileName, messages: readonly SeenMessage[]): Promise<void> {
    const { slice, shouldStop } = this.#options;
    for (let left = messages; left.length > 0; ) {
      await slice.pause();
      try {
        const written = await writeEntries(this.#tools, name, left, shouldStop);
        this.#hasFailed ||= written === null;
        this.counts.written += written?.writtenCount ?? 0;
        left = await this.#stillMeant(name, written?.changed ?? []);
      } catch (caught) {
        warnOfLogfile(this.#tools, "rebuild", name, caught);
        this.#hasFailed = true;
        return;
      }
    }
  }

  /** Reads messages once more; those that belong in that log still, as they are now. */
  async #stillMeant(
    name: LogfileName,
    changed: readonly SeenMessage[],
  ): Promise<readonly SeenMessage[]> {
    const meant: SeenMessage[] = [];
    for (const { id } of changed) {
      for (const queue of QUEUES) {
        await this.#options.slice.pause();
        const { seen, found } = await this.#look(queue, id);
        if (found.kind !== "nothing") {
          if (found.kind === "read" && found.names.has(name)) {
            meant.push(seen);
          }
          break;
        }
      }
    }
    return meant;
  }

  #fail(caught: unknown, path: string): void {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    this.#hasFailed = true;
    this.#tools.log.warning(`rebuild: ${caught.operation} ${path}: ${caught.text}`);
  }
}
