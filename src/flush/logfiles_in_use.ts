/**
 * The logs that this process is sending, and the wait for those that somebody else has locked.
 *
 * A log being sent stays locked for as long as it takes. Adds for it that reach this same process go
 * through the open log, behind the part being sent, instead of waiting for ourselves.
 */
import type { LogfileName } from "../names/names.ts";
import { LockedLogfile } from "../record/locked_logfile.ts";
import type { FlushTools } from "./flush_tools.ts";
import { delay } from "./slice.ts";

/**
 * Waits between two tries for a lock, in milliseconds; the last is repeated. Short at first, since an
 * add of another process holds the lock for some 20 µs; never long, since the lock is first come,
 * first served for those who wait in the kernel, and we don't.
 */
const LOCK_RETRY_MS = [0.2, 0.5, 1, 2] as const;

/** How long to wait before try number `attempt` (from 0) to lock. */
export function lockRetryMs(attempt: number): number {
  return LOCK_RETRY_MS[attempt] ?? LOCK_RETRY_MS[3];
}

export class LogfilesInUse {
  readonly #tools: FlushTools;
  readonly #open = new Map<LogfileName, LockedLogfile>();

  constructor(tools: FlushTools) {
    this.#tools = tools;
  }

  /** The open log, where this process is sending it. */
  get(name: LogfileName): LockedLogfile | undefined {
    return this.#open.get(name);
  }

  /** Opens a log for sending, after whoever holds its lock; null where there is no log. */
  async take(name: LogfileName): Promise<LockedLogfile | null> {
    for (let attempt = 0; ; attempt++) {
      const log = LockedLogfile.tryOpen(this.#tools, name, { create: false });
      if (log === "absent") {
        return null;
      }
      if (log !== "busy") {
        this.#open.set(name, log);
        return log;
      }
      await delay(this.#tools.clock, lockRetryMs(attempt));
    }
  }

  /** Gives back what `take` gave. */
  giveBack(log: LockedLogfile): void {
    this.#open.delete(log.name);
    log.close();
  }
}
