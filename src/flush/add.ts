/**
 * The add request: one entry more in a site's log.
 *
 * Guarantees: OK is answered only after the entry is in the file. An entry that the log holds already
 * is not written again, unless the log is too large to be read for it (see LockedLogfile). Adds that are ready in the same turn
 * of the event loop and go to one site are one lock and one write (group commit). A log that another
 * process has locked delays the adds of that site only.
 *
 * A log that can't be opened or written is answered with "fail" and one warning, and this process goes
 * on (the original dies of the first and answers OK to the second, spec section 10 rows 10 and 14). The
 * record then lacks an entry, so that the next wake-up is to rebuild it, also where the disk can only be read now.
 */
import { OsError } from "../effects/os_error.ts";
import type { LogfileName, QueueId } from "../names/names.ts";
import { LockedLogfile } from "../record/locked_logfile.ts";
import { unmarkRebuilt } from "../record/rebuilt_marker.ts";
import { type Exchange, STATUS, type Status } from "../wire/request.ts";
import type { FlushTools } from "./flush_tools.ts";
import { type LogfilesInUse, lockRetryMs } from "./logfiles_in_use.ts";

/** The adds of one site that wait for the next write. */
interface Batch {
  readonly name: LogfileName;
  /** In the order of the exchanges: the same one may be there more than once. */
  readonly ids: QueueId[];
  readonly exchanges: Exchange[];
  attempt: number;
  status: Status | "busy";
}

/** The adds of all sites. */
export class Adds {
  readonly #tools: FlushTools;
  readonly #inUse: LogfilesInUse;
  /** Batches that may still grow: those for this turn, and those that wait for a lock. */
  readonly #waiting = new Map<LogfileName, Batch>();
  #thisTurn: Batch[] = [];
  /** An entry is missing, and the record may say that it is complete: the disk can only be read. */
  #owesUnmark = false;

  constructor(tools: FlushTools, inUse: LogfilesInUse) {
    this.#tools = tools;
    this.#inUse = inUse;
  }

  /** Whether an entry is missing, and the mark that says otherwise could not be taken away. */
  get owesUnmark(): boolean {
    return this.#owesUnmark;
  }

  /** Where no mark could be taken from the record when a write failed: tries again. */
  settleUnmark(): void {
    if (this.#owesUnmark) {
      this.#owesUnmark = !unmarkRebuilt(this.#tools);
    }
  }

  /** Puts an entry into the site's next write, which answers and ends the exchange. */
  add(name: LogfileName, id: QueueId, exchange: Exchange): void {
    const batch = this.#waiting.get(name) ?? this.#newBatch(name);
    batch.ids.push(id);
    batch.exchanges.push(exchange);
  }

  #newBatch(name: LogfileName): Batch {
    const batch: Batch = { name, ids: [], exchanges: [], attempt: 0, status: "busy" };
    this.#waiting.set(name, batch);
    if (this.#thisTurn.length === 0) {
      this.#tools.clock.nextTurn(() => this.#commitThisTurn());
    }
    this.#thisTurn.push(batch);
    return batch;
  }

  #commitThisTurn(): void {
    const batches = this.#thisTurn;
    this.#thisTurn = [];
    // All are written before any is answered: an answer wakes its client, which takes the processor away.
    for (const batch of batches) {
      this.#commit(batch);
    }
    for (const batch of batches) {
      answer(batch);
    }
  }

  /** Writes a batch, which grows no more then; where the log is busy it tries again later, and answers then. */
  #commit(batch: Batch): void {
    batch.status = this.#write(batch);
    if (batch.status === "busy") {
      this.#tools.clock.after(lockRetryMs(batch.attempt++), () => {
        this.#commit(batch);
        answer(batch);
      });
    } else {
      this.#waiting.delete(batch.name);
    }
  }

  #write(batch: Batch): Status | "busy" {
    try {
      if (!this.#append(batch.name, withoutRepeats(batch.ids))) {
        return "busy";
      }
      this.settleUnmark();
      return STATUS.ok;
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      const step = caught.operation === "write" ? "write" : `flush_add_path: ${caught.operation}`;
      this.#tools.log.warning(`${step} fast flush logfile ${batch.name}: ${caught.text}`);
      this.#owesUnmark = !unmarkRebuilt(this.#tools);
      return STATUS.fail;
    }
  }

  /** False: somebody else has the log for now. */
  #append(name: LogfileName, ids: readonly QueueId[]): boolean {
    const inUse = this.#inUse.get(name)?.add(ids) ?? "vanished";
    if (inUse !== "vanished") {
      return true;
    }
    const log = LockedLogfile.tryOpen(this.#tools, name, { create: true });
    if (log === "busy" || log === "absent") {
      return false;
    }
    try {
      return log.appendNew(ids) !== "vanished";
    } finally {
      log.close();
    }
  }
}

/** Tells everybody who waits for a batch what came of it. */
function answer({ exchanges, status }: Batch): void {
  if (status === "busy") {
    return;
  }
  for (const exchange of exchanges) {
    exchange.answer(status);
    exchange.finish();
  }
}

/** Most batches are one entry, of a site that no other client names at that time. */
function withoutRepeats(ids: readonly QueueId[]): readonly QueueId[] {
  return ids.length === 1 ? ids : [...new Set(ids)];
}
