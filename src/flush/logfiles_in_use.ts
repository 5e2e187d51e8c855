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

/** Entries remembered as written during one send; beyond that, repeats are written. Some megabytes. */
const WRITTEN_IDS_MAX = 50_000;

/** How long to wait before try number `attempt` (from 0) to lock. */
export function lockRetryMs(attempt: number): number {
  return attempt === 0 ? FIRST_LOCK_RETRY_MS : LOCK_RETRY_MS;
}

/** A log that is being sent, and what was written behind the part being sent meanwhile. */
export class LogfileInUse {
  readonly log: LockedLogfile;
  readonly #written = new Set<QueueId>();

  constructor(log: LockedLogfile) {
    this.log = log;
  }

  /**
   * Adds entries. What the part being sent holds does not count as held: its message may have been
   * released and come back. False: as LockedLogfile.append.
   */
  add(ids: readonly QueueId[]): boolean {
    const isWritten = this.log.append(this.#newOnes(ids));
    if (isWritten) {
      this.#remember(ids);
    }
    return isWritten;
  }

  /** Takes lines out, but for entries that stay; see LockedLogfile.cut. */
  cut(start: number, end: number, stay: readonly QueueId[]): void {
    if (this.log.cut(start, end, this.#newOnes(stay))) {
      this.#remember(stay);
    }
  }

  #newOnes(ids: readonly QueueId[]): QueueId[] {
    return ids.filter((id) => !this.#written.has(id));
  }

  #remember(ids: readonly QueueId[]): void {
    for (const id of ids) {
      if (this.#written.size < WRITTEN_IDS_MAX) {
        this.#written.add(id);
      }
    }
  }
}

/** The logs that this process is sending, by name. */
export class LogfilesInUse {
  readonly #tools: FlushTools;
  readonly #open = new Map<LogfileName, LogfileInUse>();
  /** Those who wait for a log that this process itself is sending. */
  readonly #waiting = new Map<LogfileName, Array<() => void>>();

  constructor(tools: FlushTools) {
    this.#tools = tools;
  }

  /** The open log, where this process is sending it. */
  get(name: LogfileName): LogfileInUse | undefined {
    return this.#open.get(name);
  }

  /**
   * Opens a log for sending, after whoever holds its lock. Null: there is none, or `shouldStop` said so
   * before it was free.
   */
  async take(name: LogfileName, shouldStop: () => boolean): Promise<LogfileInUse | null> {
    for (let attempt = 0; !shouldStop(); attempt++) {
      if (this.#open.has(name)) {
        await this.#givenBack(name);
        continue;
      }
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
    return null;
  }

  /** Gives back what `take` gave. */
  giveBack({ log }: LogfileInUse): void {
    this.#open.delete(log.name);
    log.close();
    const waiting = this.#waiting.get(log.name) ?? [];
    this.#waiting.delete(log.name);
    for (const goOn of waiting) {
      goOn();
    }
  }

  #givenBack(name: LogfileName): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(name) ?? [];
      this.#waiting.set(name, waiting);
      waiting.push(resolve);
    });
  }
}
