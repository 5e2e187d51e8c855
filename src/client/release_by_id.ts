/**
 * Releases messages one by one, with the request that every flush service has: for destinations that nothing is
 * recorded of, and where the original serves.
 *
 * Guarantees: a message is told of exactly once, by its outcome; never more than CONNECTIONS_MAX are asked for at a
 * time, and the list is read no faster than that. The reply says nothing (the original's is the same for a message
 * that isn't there), so the queue is looked at before and after. Changes nothing itself.
 */
import type { Files } from "../effects/files.ts";
import { errorCode } from "../effects/os_error.ts";
import { type HashingRules, hashedPath } from "../names/hashed_path.ts";
import type { QueueId } from "../names/names.ts";
import { STATUS } from "../wire/request.ts";
import { type Answer, ask, type FlushSocket } from "./ask.ts";

/** The original has a process for each: as many as it takes to keep it busy. */
const CONNECTIONS_MAX = 16;

/** Two looks at the queues are so far apart, before a message is said to be in none. */
const SECOND_LOOK_MS = 10;

/** What became of a message. */
export type Release =
  /** In the incoming queue, or further by now. */
  | "released"
  /** In active, on its way already, or in hold. */
  | "kept"
  /** In none of the queues. */
  | "gone"
  /** Still where it was. */
  | "failed";

/** What releasing takes. */
export interface ReleaseTools {
  readonly socket: FlushSocket;
  readonly files: Pick<Files, "statusOf">;
  readonly hashing: HashingRules;
}

/** How it goes on. */
export interface ReleaseOptions {
  readonly onRelease: (id: QueueId, release: Release) => void;
  /** Is asked before each message. */
  readonly shouldStop: () => boolean;
}

/** Releases these; returns the answer that ended it before its time, or null. Throws what reading `ids` throws. */
export async function releaseById(
  tools: ReleaseTools,
  ids: Iterable<QueueId>,
  options: ReleaseOptions,
): Promise<Answer | null> {
  const releasing = new Releasing(tools, ids[Symbol.iterator](), options);
  await Promise.all(Array.from({ length: CONNECTIONS_MAX }, () => releasing.work()));
  return releasing.failure;
}

class Releasing {
  failure: Answer | null = null;
  readonly #tools: ReleaseTools;
  readonly #ids: Iterator<QueueId>;
  readonly #options: ReleaseOptions;

  constructor(tools: ReleaseTools, ids: Iterator<QueueId>, options: ReleaseOptions) {
    this.#tools = tools;
    this.#ids = ids;
    this.#options = options;
  }

  /** Takes one after the other, until there are no more. */
  async work(): Promise<void> {
    while (this.failure === null && !this.#options.shouldStop()) {
      const next = this.#ids.next();
      if (next.done === true) {
        return;
      }
      const release = await this.#release(next.value);
      if (release !== null) {
        this.#options.onRelease(next.value, release);
      }
    }
  }

  /** Null: it ends here, and nothing was done with this one. */
  async #release(id: QueueId): Promise<Release | null> {
    const place = await this.#find(id);
    if (place === null) {
      return "gone";
    }
    if (place === "active" || place === "hold") {
      return "kept";
    }
    const beforeNs = this.#mtimeNs("deferred", id);
    const answer = await ask(this.#tools.socket, { name: "send_file", queueId: id }, () => {});
    if (answer.kind !== "done" || answer.status !== STATUS.ok) {
      this.failure ??= answer;
      return null;
    }
    return this.#isStillThere(id, beforeNs) ? "failed" : "released";
  }

  /** In the order in which a message travels; twice, as it may move meanwhile. */
  async #find(id: QueueId): Promise<"deferred" | "incoming" | "active" | "hold" | null> {
    for (let look = 0; look < 2; look++) {
      for (const queue of ["deferred", "incoming", "active", "hold"] as const) {
        if (this.#mtimeNs(queue, id) !== null) {
          return queue;
        }
      }
      await new Promise<void>((resolve) => {
        this.#tools.socket.clock.after(SECOND_LOOK_MS, resolve);
      });
    }
    return null;
  }

  /**
   * Whether a message that was asked for has stayed in deferred. It may have been tried and be back: its next try,
   * the file's mtime, is another then, and lies ahead; a service that can't move it makes it due now.
   */
  #isStillThere(id: QueueId, beforeNs: bigint | null): boolean {
    const nowNs = this.#mtimeNs("deferred", id);
    const wallNs = BigInt(this.#tools.socket.clock.wallMs()) * 1_000_000n;
    return nowNs !== null && (nowNs === beforeNs || nowNs <= wallNs);
  }

  /** Null: it isn't there; 0: that can't be told. */
  #mtimeNs(queue: string, id: QueueId): bigint | null {
    try {
      return this.#tools.files.statusOf(hashedPath(queue, id, this.#tools.hashing)).mtimeNs;
    } catch (caught) {
      const code = errorCode(caught);
      if (code === "") {
        throw caught;
      }
      return code === "ENOENT" ? null : 0n;
    }
  }
}
