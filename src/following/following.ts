/**
 * Follows released messages until each is delivered, bounced, deferred again or put on hold.
 *
 * Guarantees: each message that was added is told of exactly once, a recipient at a time; the queue decides when it
 * is done, the log only says how (outcome.ts). A message in the deferred queue was tried and has come back, as it
 * was taken from there before it was added. One that is in none of the queues in two looks, or in one after the log
 * has said so, has left; for its lines in the log it waits LOG_GRACE_MS. A message that has taken the queue ID of a
 * followed one is not taken for it when it is deferred: it arrived at another time.
 *
 * Costs: each look lists the incoming and the active queue, whatever they hold, and asks for a single message only
 * when it is in neither, so that a message costs a few calls from its release to its end, however many looks
 * that takes. Memory is bounded by FOLLOWED_MAX. Looks at a pace that leaves the disk four fifths of
 * the time. Never throws OsError, changes nothing.
 */
import type { Clock } from "../effects/clock.ts";
import type { QueueId } from "../names/names.ts";
import { findMessage } from "../queue/find_message.ts";
import { listMessages } from "../queue/list_messages.ts";
import { type DeliveryLine, type LogLine, parseLogLine } from "./log_line.ts";
import type { MailLog } from "./mail_log.ts";
import {
  addressKey,
  type RecipientOutcome,
  type ReleasedRecipient,
  type Resolution,
  resolve,
} from "./outcome.ts";
import { type ReadingTools, readWaiting, type WaitingRecipient } from "./read_waiting.ts";

/** So many recipients are followed, or messages that have none: 1.3 KB each, as measured with 100,000 messages. */
export const FOLLOWED_MAX = 250_000;

/** How long after a message's end its lines are waited for: syslog daemons are slow under load. */
const LOG_GRACE_MS = 5000;

const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 1000;
/** Pauses are so many times as long as looks. */
const PAUSE_FACTOR = 4;

/** So many messages are looked at before other events of this process get their turn. */
const LOOKS_AT_ONCE = 200;

/** A message has a line a recipient; so many more are kept, whoever writes them. */
const SPARE_LINES_MAX = 100;

/** A message that was released. */
export interface ReleasedMessage {
  readonly queueId: QueueId;
  /** Null: not known. */
  readonly arrivalSeconds: number | null;
  /** Those that waited; empty: not known. */
  readonly recipients: readonly ReleasedRecipient[];
}

/** What following takes. */
export interface FollowingTools extends ReadingTools {
  readonly clock: Clock;
  readonly logs: readonly MailLog[];
  /** Whether a shared log's line was written by this machine. */
  readonly isOwnHost: (host: string) => boolean;
  readonly onOutcome: (outcome: RecipientOutcome) => void;
}

/** Until when to follow. */
export interface FollowingLimits {
  readonly limitMs: number;
  /** Is asked between looks. */
  readonly shouldStop: () => boolean;
  /** Is told after each look how many messages are done, of how many. */
  readonly onLook: (done: number, all: number) => void;
}

/** How a message came to its end. */
interface End {
  readonly kind: "left" | "held" | "deferred";
  readonly waiting: readonly WaitingRecipient[];
  /** On the monotonic clock. */
  readonly settledByMs: number;
}

interface Followed {
  readonly released: ReleasedMessage;
  /** By `addressKey`; null: none has come. */
  lines: Map<string, DeliveryLine> | null;
  isExpired: boolean;
  isRemoved: boolean;
  /** Looks in a row in which it was nowhere. */
  missedLooks: number;
  end: End | null;
}

const NO_LINES: ReadonlyMap<string, DeliveryLine> = new Map();

export class Following {
  readonly #tools: FollowingTools;
  readonly #pending = new Map<QueueId, Followed>();
  #messageCount = 0;
  #weight = 0;

  constructor(tools: FollowingTools) {
    this.#tools = tools;
  }

  get messageCount(): number {
    return this.#messageCount;
  }

  get doneCount(): number {
    return this.#messageCount - this.#pending.size;
  }

  /** Adds a message, once it has been released; false: there is no room for it. */
  add(released: ReleasedMessage): boolean {
    const weight = Math.max(1, released.recipients.length);
    if (this.#pending.has(released.queueId)) {
      return true;
    }
    if (this.#weight + weight > FOLLOWED_MAX) {
      return false;
    }
    this.#weight += weight;
    this.#messageCount++;
    this.#pending.set(released.queueId, {
      released,
      lines: null,
      isExpired: false,
      isRemoved: false,
      missedLooks: 0,
      end: null,
    });
    return true;
  }

  /** Follows all that were added until they are done ("done"), it took too long, or it is to stop; the rest is told as "trying". */
  async run({
    limitMs,
    shouldStop,
    onLook,
  }: FollowingLimits): Promise<"done" | "late" | "stopped"> {
    const { clock } = this.#tools;
    const endMs = clock.monotonicMs() + limitMs;
    for (;;) {
      const startMs = clock.monotonicMs();
      await this.look();
      onLook(this.doneCount, this.#messageCount);
      const nowMs = clock.monotonicMs();
      const isStopped = shouldStop();
      if (this.#pending.size === 0 || isStopped || nowMs >= endMs) {
        const isDone = this.#pending.size === 0;
        this.#tellRest();
        return isDone ? "done" : isStopped ? "stopped" : "late";
      }
      const pauseMs = Math.min(PAUSE_MS_MAX, (nowMs - startMs) * PAUSE_FACTOR);
      await this.#pause(Math.max(PAUSE_MS_MIN, Math.min(pauseMs, endMs - nowMs)));
    }
  }

  /** Looks once at the logs and the queue. */
  async look(): Promise<void> {
    for (const log of this.#tools.logs) {
      await log.read((line) => this.#takeLine(parseLogLine(line), log));
    }
    const inFlight = await this.#listInFlight();
    let lookCount = 0;
    for (const [queueId, followed] of this.#pending) {
      if (inFlight.has(queueId)) {
        followed.missedLooks = 0;
      } else if (followed.end === null) {
        followed.end = this.#find(queueId, followed);
        if (++lookCount % LOOKS_AT_ONCE === 0) {
          await this.#turn();
        }
      }
      if (followed.end !== null && this.#isSettled(followed, followed.end)) {
        this.#tell(queueId, followed);
      }
    }
  }

  #takeLine(line: LogLine | null, { isShared }: MailLog): void {
    const followed = line === null ? undefined : this.#pending.get(line.event.queueId);
    if (line === null || followed === undefined) {
      return;
    }
    if (isShared && !this.#tools.isOwnHost(line.host)) {
      return;
    }
    const { event } = line;
    switch (event.kind) {
      case "delivery": {
        followed.lines ??= new Map();
        const key = addressKey(event.address);
        const lineCountMax = followed.released.recipients.length + SPARE_LINES_MAX;
        if (followed.lines.has(key) || followed.lines.size < lineCountMax) {
          followed.lines.set(key, event);
        }
        break;
      }
      case "expired":
        followed.isExpired = true;
        break;
      case "removed":
        followed.isRemoved = true;
        break;
    }
  }

  /** The followed messages of the incoming and the active queue, in which they wait for being tried, or are. */
  async #listInFlight(): Promise<ReadonlySet<QueueId>> {
    const inFlight = new Set<QueueId>();
    // What a directory that can't be read holds is asked for one by one.
    const unreadable = (): void => {};
    for (const queue of ["incoming", "active"] as const) {
      for (const ids of listMessages(queue, this.#tools, unreadable)) {
        for (const id of ids) {
          if (this.#pending.has(id)) {
            inFlight.add(id);
          }
        }
        await this.#turn();
      }
    }
    return inFlight;
  }

  /** Where a message is that was neither in incoming nor in active; null: still there, or nobody knows yet. */
  #find(queueId: QueueId, followed: Followed): End | null {
    const settledByMs = this.#tools.clock.monotonicMs() + LOG_GRACE_MS;
    switch (findMessage(this.#tools, queueId)) {
      case "deferred":
        return this.#readDeferred(queueId, followed, settledByMs);
      case "hold":
        return { kind: "held", waiting: [], settledByMs };
      case null:
        followed.missedLooks++;
        return followed.missedLooks < 2 && !followed.isRemoved
          ? null
          : { kind: "left", waiting: [], settledByMs };
      default:
        followed.missedLooks = 0;
        return null;
    }
  }

  #readDeferred(queueId: QueueId, { released }: Followed, settledByMs: number): End | null {
    const reading = readWaiting(this.#tools, "deferred", queueId);
    switch (reading.kind) {
      case "absent":
        // It is tried again already.
        return null;
      case "unreadable":
        return { kind: "deferred", waiting: [], settledByMs };
      case "read": {
        const { arrivalSeconds, recipients } = reading;
        const isOther = (released.arrivalSeconds ?? arrivalSeconds) !== arrivalSeconds;
        return isOther
          ? { kind: "left", waiting: [], settledByMs }
          : { kind: "deferred", waiting: recipients, settledByMs };
      }
    }
  }

  #isSettled(followed: Followed, end: End): boolean {
    const { logs, clock } = this.#tools;
    return (
      logs.length === 0 ||
      end.kind === "held" ||
      (end.kind === "left" && followed.isRemoved) ||
      this.#resolve(followed).isComplete ||
      clock.monotonicMs() >= end.settledByMs
    );
  }

  #resolve({ released, lines, isExpired, end }: Followed): Resolution {
    const kind = end === null ? "trying" : end.kind;
    const waiting = end?.waiting ?? [];
    return resolve({
      queueId: released.queueId,
      released: released.recipients,
      lines: lines ?? NO_LINES,
      isExpired: isExpired && kind === "left",
      waiting,
      // Who waits in a deferred message isn't known where it can't be read.
      otherwise: kind === "deferred" && waiting.length > 0 ? "left" : kind,
      siteOf: this.#tools.siteOf,
    });
  }

  #tell(queueId: QueueId, followed: Followed): void {
    this.#pending.delete(queueId);
    for (const outcome of this.#resolve(followed).outcomes) {
      this.#tools.onOutcome(outcome);
    }
  }

  #tellRest(): void {
    for (const [queueId, followed] of this.#pending) {
      this.#tell(queueId, followed);
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolvePause) => {
      this.#tools.clock.after(ms, resolvePause);
    });
  }

  #turn(): Promise<void> {
    return new Promise((resolveTurn) => this.#tools.clock.nextTurn(resolveTurn));
  }
}
