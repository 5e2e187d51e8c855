/**
 * Releases messages one by one, with the request that every flush service has: for destinations that nothing is
 * recorded of, and where the original serves.
 *
 * Guarantees: a message is told of exactly once, by its outcome; never more than CONNECTIONS_MAX are asked for at a
 * time, and the list is read no faster than that. The reply says nothing (the original's is the same for a message
 * that isn't there), so the queue is looked at before and after. Changes nothing itself.
 */
import type { FileStatus, Files } from "../effects/files.ts";
import { errorCode } from "../effects/os_error.ts";
import { type HashingRules, hashedPath } from "../names/hashed_path.ts";
import type { QueueId } from "../names/names.ts";
import { STATUS } from "../wire/request.ts";
import { type Answer, ask, type FlushSocket, type ServiceHabits } from "./ask.ts";

/** The original has a process for each: as many as it takes to keep it busy. */
const CONNECTIONS_MAX = 16;

/** Two looks at the queues are so far apart, before a message is said to be in none. */
const SECOND_LOOK_MS = 10;

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** A message to release. */
export interface Wanted {
  readonly queueId: QueueId;
  /** When it was to be tried next, as it was seen in deferred: its file's mtime. Null: it is meant wherever it is. */
  readonly nextTrySeconds: number | null;
}

/** What became of a message. */
export type Release =
  /** In the incoming queue, or further by now. */
  | "released"
  /** In active, on its way already, or in hold. */
  | "kept"
  /** Left alone: others have released it, or tried it, since it was seen in deferred. */
  | "tried"
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

/** Releases these; returns the answer that ended it before its time, or null. Throws what reading `wanted` throws. */
export async function releaseById(
  tools: ReleaseTools,
  wanted: Iterable<Wanted>,
  options: ReleaseOptions,
): Promise<Answer | null> {
  const releasing = new Releasing(tools, wanted[Symbol.iterator](), options);
  await Promise.all(Array.from({ length: CONNECTIONS_MAX }, () => releasing.work()));
  return releasing.failure;
}

type Look = Pick<FileStatus, "mtimeNs" | "ctimeNs">;

/** There is a file, and that is all that can be told. */
const UNKNOWN: Look = { mtimeNs: 0n, ctimeNs: 0n };

class Releasing {
  failure: Answer | null = null;
  readonly #tools: ReleaseTools;
  readonly #wanted: Iterator<Wanted>;
  readonly #options: ReleaseOptions;
  readonly #habits: ServiceHabits = { silent: null };

  constructor(tools: ReleaseTools, wanted: Iterator<Wanted>, options: ReleaseOptions) {
    this.#tools = tools;
    this.#wanted = wanted;
    this.#options = options;
  }

  /** Takes one after the other, until there are no more. */
  async work(): Promise<void> {
    while (this.failure === null && !this.#options.shouldStop()) {
      const next = this.#wanted.next();
      if (next.done === true) {
        return;
      }
      const release = await this.#release(next.value);
      if (release !== null) {
        this.#options.onRelease(next.value.queueId, release);
      }
    }
  }

  /** Null: it ends here, and nothing was done with this one. */
  async #release({ queueId: id, nextTrySeconds }: Wanted): Promise<Release | null> {
    const place = await this.#find(id);
    if (place === null) {
      return "gone";
    }
    if (place === "active" || place === "hold") {
      return "kept";
    }
    const before = this.#look("deferred", id);
    if (nextTrySeconds !== null && hasMoved(before, nextTrySeconds)) {
      return "tried";
    }
    const request = { name: "send_file", queueId: id } as const;
    const answer = await ask(this.#tools.socket, request, () => {}, this.#habits);
    if (answer.kind !== "done" || answer.status !== STATUS.ok) {
      this.failure ??= answer;
      return null;
    }
    return this.#isStillThere(id, before) ? "failed" : "released";
  }

  /** In the order in which a message travels; twice, as it may move meanwhile. */
  async #find(id: QueueId): Promise<"deferred" | "incoming" | "active" | "hold" | null> {
    for (let look = 0; look < 2; look++) {
      for (const queue of ["deferred", "incoming", "active", "hold"] as const) {
        if (this.#look(queue, id) !== null) {
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
   * Whether a message that was asked for has stayed in deferred. It may have been tried and be back: its file has
   * been changed then, and its next try, the file's mtime, lies ahead; a service that can't move it makes it due now.
   */
  #isStillThere(id: QueueId, before: Look | null): boolean {
    const now = this.#look("deferred", id);
    if (now === null) {
      return false;
    }
    const wallNs = BigInt(this.#tools.socket.clock.wallMs()) * NANOSECONDS_PER_MILLISECOND;
    const isUnchanged = now.mtimeNs === before?.mtimeNs && now.ctimeNs === before.ctimeNs;
    return isUnchanged || now.mtimeNs <= wallNs;
  }

  /** Null: it isn't there; the epoch's start: that can't be told. */
  #look(queue: string, id: QueueId): Look | null {
    try {
      return this.#tools.files.statusOf(hashedPath(queue, id, this.#tools.hashing));
    } catch (caught) {
      const code = errorCode(caught);
      if (code === "") {
        throw caught;
      }
      return code === "ENOENT" ? null : UNKNOWN;
    }
  }
}

/** Whether a message has left deferred, or is back there with another time of its next try. */
function hasMoved(before: Look | null, nextTrySeconds: number): boolean {
  return (
    before === null ||
    (before !== UNKNOWN && before.mtimeNs / NANOSECONDS_PER_SECOND !== BigInt(nextTrySeconds))
  );
}
