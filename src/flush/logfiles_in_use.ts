/**
 * The logs that this process is sending or compacting, and the wait for those that somebody else has locked.
 *
 * Such a log stays locked for as long as it takes. Adds for it that reach this same process go through the
 * open log, behind what is being gone over, instead of waiting for ourselves.
 */
import type { LogfileName, QueueId } from "../names/names.ts";
import { QueueIdSet } from "../names/queue_id_set.ts";
import { LockedLogfile } from "../record/locked_logfile.ts";
import type { LogPass } from "../record/log_pass.ts";
import type { FlushTools } from "./flush_tools.ts";
import { delay } from "./slice.ts";

/**
 * Waits between two tries for a lock: short at first, since an add of another process holds the lock for
 * some 20 µs; never long, since the lock goes to those who wait in the kernel, and we don't. Whole
 * milliseconds, because the runtime's timers know no less.
 */
const FIRST_LOCK_RETRY_MS = 1;
const LOCK_RETRY_MS = 2;

/**
 * Names of entries remembered as held during one pass, in bytes: some 80,000 short queue IDs. An add of one that
 * is not remembered is written, as a repeat.
 */
const HELD_BYTES_MAX = 1024 * 1024;

const NEVER_CREATE = { create: false } as const;

/** How long to wait before try number `attempt` (from 0) to lock. */
export function lockRetryMs(attempt: number): number {
  return attempt === 0 ? FIRST_LOCK_RETRY_MS : LOCK_RETRY_MS;
}

/** A log that this process holds, and what is certain to be in it when the pass over it ends. */
export class LogfileInUse {
  readonly log: LockedLogfile;
  /** Over what the log held when it was taken: what is added from then on stands behind it. */
  readonly pass: LogPass;
  /** Null: nothing is. A purge holds hundreds of logs of which nothing stays. */
  #held: QueueIdSet | null = null;
  #wasAddedTo = false;
  #isBeingCut = false;

  /** Throws OsError where the log can't be read or ended. */
  constructor(log: LockedLogfile) {
    this.log = log;
    this.pass = log.pass();
  }

  /** Whether entries were written since this process holds the log. */
  get wasAddedTo(): boolean {
    return this.#wasAddedTo;
  }

  /** The pass is over, and its end is being cut off in the background: nobody can add through this log any more. */
  get isBeingCut(): boolean {
    return this.#isBeingCut;
  }

  /** Ends the pass with a cut in the background (see LogPass): then the log is to be given back. */
  finishInBackground(): Promise<void> | null {
    const cut = this.pass.finishInBackground();
    this.#isBeingCut = cut !== null;
    return cut;
  }

  /**
   * Adds entries. What the pass has not settled yet does not count as held: its message may have been
   * released and come back. What it returns is that of LockedLogfile.append.
   */
  add(ids: readonly QueueId[]): number | "vanished" {
    const newOnes = ids.filter((id) => !this.holds(id));
    const written = this.log.isVanished ? "vanished" : this.log.append(newOnes);
    if (written !== "vanished") {
      if (written > 0) {
        // Whoever adds is answered before the log is closed.
        this.log.confirm();
      }
      this.#wasAddedTo ||= written > 0;
      for (const id of ids) {
        this.keeps(id);
      }
    }
    return written;
  }

  /** Whether an entry stays in the log: added since the pass began, or kept by it. */
  holds(id: QueueId): boolean {
    return this.#held?.has(id) ?? false;
  }

  /** The pass keeps that entry. */
  keeps(id: QueueId): void {
    this.#held ??= new QueueIdSet(HELD_BYTES_MAX);
    this.#held.add(id);
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

  /** The open log, where this process is sending it and it can be added to. */
  get(name: LogfileName): LogfileInUse | undefined {
    const inUse = this.#open.get(name);
    return inUse?.isBeingCut === true ? undefined : inUse;
  }

  /** Whether somebody waits for a log that this process holds. */
  isAwaited(name: LogfileName): boolean {
    return this.#waiting.has(name);
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
      const taken = this.tryTake(name);
      if (taken === "absent") {
        return null;
      }
      if (taken !== "busy") {
        return taken;
      }
      await delay(this.#tools.clock, lockRetryMs(attempt));
    }
    return null;
  }

  /** The same without waiting. "busy": somebody holds its lock, or this process is sending it. */
  tryTake(name: LogfileName): LogfileInUse | "absent" | "busy" {
    if (this.#open.has(name)) {
      return "busy";
    }
    const log = LockedLogfile.tryOpen(this.#tools, name, NEVER_CREATE);
    return typeof log === "string" ? log : this.#hold(log);
  }

  #hold(log: LockedLogfile): LogfileInUse {
    try {
      const inUse = new LogfileInUse(log);
      this.#open.set(log.name, inUse);
      return inUse;
    } catch (caught) {
      log.close();
      throw caught;
    }
  }

  /** Gives back what `take` gave. */
  giveBack({ log }: LogfileInUse): void {
    this.#open.delete(log.name);
    const waiting = this.#waiting.get(log.name) ?? [];
    this.#waiting.delete(log.name);
    for (const goOn of waiting) {
      goOn();
    }
    log.close();
  }

  #givenBack(name: LogfileName): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(name) ?? [];
      this.#waiting.set(name, waiting);
      waiting.push(resolve);
    });
  }
}
