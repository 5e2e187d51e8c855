/**
 * The logs that this process is sending, and the wait for those that somebody else has locked.
 *
 * A log being sent stays locked for as long as it takes. Adds for it that reach this same process go
 * through the open log, behind the part being sent, instead of waiting for ourselves.
 */
import type { LogfileName, QueueId } from "../names/names.ts";
import { LockedLogfile } from "../record/locked_logfile.ts";
import type { FlushTools } from "./flush_tools.ts";
import { delay } from "./slice.ts";

/**
 * Waits between two tries for a lock: short at first, since an add of another process holds the lock for
 * some 20 µs; never long, since the lock goes to those who wait in the kernel, and we don't. Whole
 * milliseconds, because the runtime's timers know no less.
 */
const FIRST_LOCK_RETRY_MS = 1;
const LOCK_RETRY_MS = 2;

/** Entries remembered as added during one send; beyond that, repeats are written. A megabyte or so. */
const ADDED_IDS_MAX = 20_000;

/** How long to wait before try number `attempt` (from 0) to lock. */
export function lockRetryMs(attempt: number): number {
  return attempt === 0 ? FIRST_LOCK_RETRY_MS : LOCK_RETRY_MS;
}

/** A log that is being sent, and what was added to it meanwhile. */
export class LogfileInUse {
  readonly log: LockedLogfile;
  readonly #added = new Set<QueueId>();

  constructor(log: LockedLogfile) {
    this.log = log;
  }

  /**
   * Adds entries behind the part being sent. What that part holds does not count as held: its message
   * may have been released and come back. False: as LockedLogfile.append.
   */
  add(ids: readonly QueueId[]): boolean {
    const isWritten = this.log.append(ids.filter((id) => !this.#added.has(id)));
    if (isWritten && this.#added.size < ADDED_IDS_MAX) {
      for (const id of ids) {
        this.#added.add(id);
      }
    }
    return isWritten;
  }

  /** Writes entries that stay, behind the part that goes. */
  keep(ids: readonly QueueId[]): void {
    this.log.append(ids.filter((id) => !this.#added.has(id)));
  }
}

export class LogfilesInUse {
  readonly #tools: FlushTools;
  readonly #open = new Map<LogfileName, LogfileInUse>();

  constructor(tools: FlushTools) {
    this.#tools = tools;
  }

  /** The open log, where this process is sending it. */
  get(name: LogfileName): LogfileInUse | undefined {
    return this.#open.get(name);
  }

  /** Opens a log for sending, after whoever holds its lock; null where there is no log. */
  async take(name: LogfileName): Promise<LogfileInUse | null> {
    for (let attempt = 0; ; attempt++) {
      const log = LockedLogfile.tryOpen(this.#tools, name, { create: false });
      if (log === "absent") {
        return null;
      }
      if (log !== "busy") {
        const inUse = new LogfileInUse(log);
        this.#open.set(name, inUse);
        return inUse;
      }
      await delay(this.#tools.clock, lockRetryMs(attempt));
    }
  }

  /** Gives back what `take` gave. */
  giveBack({ log }: LogfileInUse): void {
    this.#open.delete(log.name);
    log.close();
  }
}
