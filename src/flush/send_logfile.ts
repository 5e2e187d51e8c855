/**
 * Sends one log: releases the messages that it names, and cuts what is done from it.
 *
 * Guarantees: the log is locked from before the first message until after the cut, as in the
 * original. An entry leaves the log only when its message was released or is gone; the message of an
 * entry that stays is in active or hold, or in trouble that was warned of. "Gone" rests on two full
 * looks at the queues some time apart, the second just before the cut. Entries that are added
 * meanwhile stay. Works in slices; memory is bounded by one part of the log. A process that ends
 * midway has cut the parts that it has sent.
 *
 * Does not look whether a message still has a recipient in the site. Throws OsError (its operation is
 * the step) where the log itself can't be opened, read or cut.
 */
import { logVerbosely } from "../effects/log.ts";
import { type LogfileName, parseQueueId, type QueueId } from "../names/names.ts";
import { findMessage } from "../queue/find_message.ts";
import { releaseMessage } from "../queue/release.ts";
import { type LogfilePart, linesOf, readPartBefore } from "../record/entries.ts";
import type { LockedLogfile } from "../record/locked_logfile.ts";
import type { FlushTools } from "./flush_tools.ts";
import type { LogfileInUse, LogfilesInUse } from "./logfiles_in_use.ts";
import { delay, Slice } from "./slice.ts";
import type { WakeUps } from "./wake_ups.ts";

/**
 * Time between the two looks for a message that is in no queue. The queue manager moves a message
 * between two queues within microseconds; ten milliseconds outlast a delayed disk as well, and nobody
 * notices them in a flush.
 */
const SECOND_LOOK_MS = 10;

/** On whose behalf a log is sent. */
export interface SendOptions {
  /** Forget all dead destinations before the first message is released. */
  readonly unthrottleFirst: boolean;
  /** Asked between slices; true: cut what is done and end. */
  readonly shouldStop: () => boolean;
}

/** Sends the log of that name. Nothing happens, and nobody is woken, where there is none. */
export async function sendLogfile(
  tools: FlushTools,
  inUse: LogfilesInUse,
  name: LogfileName,
  wakeUps: WakeUps,
  options: SendOptions,
): Promise<void> {
  const taken = await inUse.take(name, options.shouldStop);
  if (taken === null) {
    return;
  }
  try {
    if (options.unthrottleFirst) {
      tools.queueManager.wake("F");
    }
    await new LogfileSend(tools, taken, wakeUps, options).run();
  } finally {
    inUse.giveBack(taken);
  }
}

class LogfileSend {
  readonly #tools: FlushTools;
  readonly #inUse: LogfileInUse;
  readonly #wakeUps: WakeUps;
  readonly #options: SendOptions;
  readonly #slice: Slice;
  #isStopped = false;

  constructor(tools: FlushTools, inUse: LogfileInUse, wakeUps: WakeUps, options: SendOptions) {
    this.#tools = tools;
    this.#inUse = inUse;
    this.#wakeUps = wakeUps;
    this.#options = options;
    this.#slice = new Slice(tools.clock);
  }

  get #log(): LockedLogfile {
    return this.#inUse.log;
  }

  async run(): Promise<void> {
    const { name } = this.#log;
    const isEmpty = this.#log.sizeBytes === 0;
    this.#log.endLastLine();
    let end = this.#log.sizeBytes;
    while (!this.#isStopped) {
      const part = readPartBefore(this.#log, end);
      if (part === null) {
        break;
      }
      await this.#sendPart(part);
      end = part.start;
    }
    if (!this.#isStopped) {
      this.#log.touch();
    }
    if (!isEmpty) {
      const text = `flush_send_path: requesting delivery for logfile ${name}`;
      logVerbosely(this.#tools.log, () => text);
    }
  }

  async #sendPart(part: LogfilePart): Promise<void> {
    const seen = new Set<QueueId>();
    const stay: QueueId[] = [];
    const absent: QueueId[] = [];
    let doneEnd = part.start;
    for (const line of linesOf(part)) {
      const id = this.#parse(line.text);
      if (id !== null && !seen.has(id)) {
        seen.add(id);
        this.#sendOne(id, stay, absent);
      }
      doneEnd = line.end;
      this.#wakeUps.note();
      const pause = this.#slice.pause();
      if (pause !== null && (await this.#isStoppedAfter(pause))) {
        break;
      }
    }
    await this.#lookAgain(absent, stay);
    this.#inUse.cut(part.start, doneEnd, stay);
  }

  #parse(text: string): QueueId | null {
    const id = parseQueueId(text);
    if (id === null) {
      const shown = text.slice(0, 30);
      this.#tools.log.warning(`bad queue id "${shown}..." in fast flush logfile ${this.#log.name}`);
    }
    return id;
  }

  #sendOne(id: QueueId, stay: QueueId[], absent: QueueId[]): void {
    logVerbosely(
      this.#tools.log,
      () => `flush_send_path: logfile ${this.#log.name}: update queue file ${id} time stamps`,
    );
    const outcome = releaseMessage(this.#tools, id);
    if (outcome === "absent") {
      (findMessage(this.#tools, id) === null ? absent : stay).push(id);
    } else if (outcome !== "released") {
      stay.push(id);
    }
  }

  /** Second look for messages that were in no queue: those that turn up stay in the log. */
  async #lookAgain(absent: readonly QueueId[], stay: QueueId[]): Promise<void> {
    if (absent.length === 0) {
      return;
    }
    await delay(this.#tools.clock, SECOND_LOOK_MS);
    for (const id of absent) {
      if (findMessage(this.#tools, id) !== null) {
        stay.push(id);
      }
      const pause = this.#slice.pause();
      if (pause !== null) {
        await pause;
      }
    }
  }

  async #isStoppedAfter(pause: Promise<void>): Promise<boolean> {
    await pause;
    this.#isStopped = this.#options.shouldStop();
    return this.#isStopped;
  }
}
