/**
 * Runs refresh and purge in the background: one job per queue at a time, over all processes.
 *
 * Within this process, requests that come while a job of their kind waits to begin share it. Between
 * processes, flock(2) on the record's directory makes one wait for the other (the original knows
 * nothing of it, and needn't). A job whose process is being replaced ends at its next slice; what it
 * has sent is cut from the logs, and the successor's wake-up takes up the rest.
 */
import type { Descriptor } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import { RECORD_DIRECTORY } from "../record/record_tools.ts";
import type { FlushTools } from "./flush_tools.ts";
import { delay } from "./slice.ts";

/** Waits between two looks whether another process's job has ended: nobody waits for a job. */
const RETRY_MS = 50;

export type JobKind = "refresh" | "purge";

export class BackgroundJobs {
  readonly #tools: FlushTools;
  readonly #run: (kind: JobKind) => Promise<void>;
  readonly #shouldStop: () => boolean;
  /** Who wants to know when a job of that kind has ended; in order of arrival. */
  readonly #waiting = new Map<JobKind, Array<() => void>>();
  #isRunning = false;

  constructor(tools: FlushTools, run: (kind: JobKind) => Promise<void>, shouldStop: () => boolean) {
    this.#tools = tools;
    this.#run = run;
    this.#shouldStop = shouldStop;
  }

  /** Has a job of that kind run from now on, or from when the one that is running has ended. */
  async request(kind: JobKind, ended: () => void): Promise<void> {
    const waiters = this.#waiting.get(kind);
    if (waiters !== undefined) {
      waiters.push(ended);
      return;
    }
    this.#waiting.set(kind, [ended]);
    if (!this.#isRunning) {
      this.#isRunning = true;
      try {
        await this.#runAll();
      } finally {
        this.#isRunning = false;
      }
    }
  }

  async #runAll(): Promise<void> {
    for (let next = this.#takeNext(); next !== null; next = this.#takeNext()) {
      const [kind, waiters] = next;
      await this.#runAlone(kind);
      for (const ended of waiters) {
        ended();
      }
    }
  }

  #takeNext(): [JobKind, Array<() => void>] | null {
    for (const entry of this.#waiting) {
      this.#waiting.delete(entry[0]);
      return entry;
    }
    return null;
  }

  async #runAlone(kind: JobKind): Promise<void> {
    const { files } = this.#tools;
    let directory: Descriptor | null = null;
    try {
      directory = files.open(RECORD_DIRECTORY, { access: "read" });
      while (!files.tryLock(directory)) {
        await delay(this.#tools.clock, RETRY_MS);
        if (this.#shouldStop()) {
          return;
        }
      }
      await this.#run(kind);
    } catch (caught) {
      this.#warn(caught);
    } finally {
      if (directory !== null) {
        // Closing gives the lock back.
        files.close(directory);
      }
    }
  }

  #warn(caught: unknown): void {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    const { operation, text } = caught;
    const step = operation === "open" ? "open" : "lock";
    this.#tools.log.warning(`scan_dir_push: ${step} directory ${RECORD_DIRECTORY}: ${text}`);
  }
}
