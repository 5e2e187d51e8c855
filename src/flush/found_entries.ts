/**
 * The entries that a rebuild has found, gathered by log, and their writing.
 *
 * Guarantees: an entry is written only while its message is as it was when it was read, which is looked at under
 * the log's lock. A message that has moved or changed since may have been released by a send, delivered here and deferred
 * for another site: it is handed back, to be read again, and not written. An entry that the log holds already is not
 * written twice, unless the log is too large to be read for it (see LockedLogfile).
 *
 * Waits for a log that is locked elsewhere, or that this process itself sends. Throws OsError (its operation is the
 * step) where a log can't be opened or written.
 */
import { errorCode } from "../effects/os_error.ts";
import type { LogfileName, QueueId } from "../names/names.ts";
import { LockedLogfile } from "../record/locked_logfile.ts";
import type { RecordTools } from "../record/record_tools.ts";
import { lockRetryMs } from "./logfiles_in_use.ts";
import { delay } from "./slice.ts";

/** A message as it was when it was read. */
export interface SeenMessage {
  readonly id: QueueId;
  /** Of its queue file; its status changes with each move, and with each recipient that is delivered to. */
  readonly path: string;
  /** Null: it is not there, or can't be looked at. */
  readonly changedNs: bigint | null;
}

/** What came of a write. */
export interface WrittenEntries {
  /** Entries that the log did not hold, as far as it was read. */
  readonly writtenCount: number;
  /** Messages that are not as they were, and not written. */
  readonly changed: readonly SeenMessage[];
}

/** Notes how a message is; to be done before it is read. */
export function seeMessage(
  { files }: Pick<RecordTools, "files">,
  id: QueueId,
  path: string,
): SeenMessage {
  return { id, path, changedNs: changedNsOf(files, path) };
}

/** Entries by log. */
export class FoundEntries {
  #byLogfile = new Map<LogfileName, SeenMessage[]>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(name: LogfileName, message: SeenMessage): void {
    const messages = this.#byLogfile.get(name);
    if (messages === undefined) {
      this.#byLogfile.set(name, [message]);
    } else {
      messages.push(message);
    }
    this.#count++;
  }

  /** Hands over all that is there, and forgets it. */
  takeAll(): ReadonlyMap<LogfileName, readonly SeenMessage[]> {
    const all = this.#byLogfile;
    this.#byLogfile = new Map();
    this.#count = 0;
    return all;
  }
}

/** Writes entries of one log. Null: it is locked elsewhere, and `shouldStop` said not to wait for it. */
export async function writeEntries(
  tools: RecordTools,
  name: LogfileName,
  messages: readonly SeenMessage[],
  shouldStop: () => boolean,
): Promise<WrittenEntries | null> {
  for (let attempt = 0; attempt === 0 || !shouldStop(); attempt++) {
    const written = tryToWrite(tools, name, messages);
    if (written !== "busy") {
      return written;
    }
    await delay(tools.clock, lockRetryMs(attempt));
  }
  return null;
}

function tryToWrite(
  tools: RecordTools,
  name: LogfileName,
  messages: readonly SeenMessage[],
): WrittenEntries | "busy" {
  const log = LockedLogfile.tryOpen(tools, name, { create: true });
  if (log === "busy" || log === "absent") {
    return "busy";
  }
  const isAsSeen = ({ path, changedNs }: SeenMessage): boolean =>
    changedNsOf(tools.files, path) === changedNs;
  const { right = [], changed = [] } = Object.groupBy(messages, (message) =>
    isAsSeen(message) ? "right" : "changed",
  );
  try {
    const written = log.appendNew(right.map(({ id }) => id));
    return written === "vanished" ? "busy" : { writtenCount: written, changed };
  } finally {
    log.close();
  }
}

function changedNsOf(files: Pick<RecordTools["files"], "statusOf">, path: string): bigint | null {
  try {
    return files.statusOf(path).ctimeNs;
  } catch (caught) {
    if (errorCode(caught) === "") {
      throw caught;
    }
    return null;
  }
}
