/**
 * Runs work that nobody's mail waits for, such as a refresh: one job per queue at a time, over all processes.
 *
 * Within this process jobs wait for each other, and requests that come while a job of their kind waits to begin
 * share it. Between processes, flock(2) on the record's directory makes one wait for the other (the original
 * knows nothing of it, and needn't). A process that is being replaced begins no job any more; the one that runs
 * ends at its next slice, and the successor's wake-up takes up the rest.
 */
import type { Descriptor } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import { RECORD_DIRECTORY } from "../record/record_tools.ts";
import type { FlushTools } from "./flush_tools.ts";
import { delay } from "./slice.ts";

/** Waits between two looks whether another process's job has ended: nobody waits for a job. */
const RETRY_MS = 50;

export class BackgroundJobs {
  readonly #tools: FlushTools;
  readonly #shouldStop: () => boolean;
  /** Kinds of jobs that wait to begin, with those who want to know when they have ended. */
  readonly #waiting = new Map<string, Array<() => void>>();
  #last: Promise<void> = Promise.resolve();

  constructor(tools: FlushTools, shouldStop: () => boolean) {
    this.#tools = tools;
    this.#shouldStop = shouldStop;
  }

  /** Has a job of that kind run, once for all who ask before it begins. */
  request(kind: string, work: () => Promise<void>, ended: () => void): void {
    const waiters = this.#waiting.get(kind);
    if (waiters !== undefined) {
      waiters.push(ended);
      return;
    }
    const mine = [ended];
    this.#waiting.set(kind, mine);
    const job = this.run(() => {
      this.#waiting.delete(kind);
      return work();
    });
    void job.then(() => {
      // A job that could not begin still counts as waiting.
      if (this.#waiting.get(kind) === mine) {
        this.#waiting.delete(kind);
      }
      for (const each of mine) {
        each();
      }
    });
  }

  /** Runs a job when its turn has come; resolves when it has ended, or could not begin. */
  run(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(() => this.#runAlone(work));
    return this.#last;
  }

  async #runAlone(work: () => Promise<void>): Promise<void> {
    const { files } = this.#tools;
    let directory: Descriptor | null = null;
    try {
      directory = files.open(RECORD_DIRECTORY, { access: "read" });
      while (!files.tryLock(directory)) {
        if (this.#shouldStop()) {
          return;
        }
        await delay(this.#tools.clock, RETRY_MS);
      }
      if (!this.#shouldStop()) {
        await work();
      }
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
