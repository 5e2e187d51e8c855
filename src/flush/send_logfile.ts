/**
 * Sends one log: releases the messages that it names, and takes out what is done.
 *
 * Guarantees: the log is locked from before the first message until after the cut, as in the
 * original. An entry leaves the log only when its message was released or is gone (see logfile_pass.ts); the
 * message of an entry that stays is in active or hold, or is not for the site, or in trouble that was warned of.
 * Works in slices; memory is bounded by a block of the log. A process that ends midway leaves repeats.
 *
 * Throws OsError (its operation is the step) where the log itself can't be opened, read or written.
 */
import { verbosely } from "../effects/log.ts";
import type { LogfileName, QueueId } from "../names/names.ts";
import { findMessage, QUEUES_BEHIND_INCOMING } from "../queue/find_message.ts";
import { belongsToSite } from "../queue/message_sites.ts";
import { releaseMessage } from "../queue/release.ts";
import { SoughtDomains } from "../queue/sought_domains.ts";
import type { FlushTools } from "./flush_tools.ts";
import {
  LogfilePass,
  noCounts,
  type Outcome,
  type PassCounts,
  type PassOptions,
} from "./logfile_pass.ts";
import type { LogfileInUse, LogfilesInUse } from "./logfiles_in_use.ts";
import type { SiteChoice } from "./site_choice.ts";
import type { Slice } from "./slice.ts";
import type { WakeUps } from "./wake_ups.ts";

/** A message that is in active or hold stays there, whatever it holds. */
const RELEASED_FROM = ["deferred", "incoming"] as const;

/** On whose behalf a log is sent. */
export interface SendOptions extends Pick<PassOptions, "slice" | "shouldStop" | "onOutcome"> {
  /** Forget all dead destinations before the first message is released. */
  readonly unthrottleFirst: boolean;
  /** Release only messages with mail for these; null: all that the log names. */
  readonly choice: SiteChoice | null;
  /** Release a message, too, of which it can't be told for whom it is; true unless said otherwise. */
  readonly releasesUnsure?: boolean;
}

/** Sends the log of that name. Nothing happens, and nobody is woken, where there is none. */
export async function sendLogfile(
  tools: FlushTools,
  inUse: LogfilesInUse,
  name: LogfileName,
  wakeUps: WakeUps,
  options: SendOptions,
): Promise<PassCounts> {
  const taken = await inUse.take(name, options.shouldStop);
  return taken === null ? noCounts() : new LogfileSend(tools, inUse, taken, wakeUps, options).run();
}

/** The send of a log that this process holds; it is given back at the end. By `run`, or by `begin` and `end`. */
export class LogfileSend implements PassOptions {
  readonly slice: Slice;
  readonly #tools: FlushTools;
  readonly #inUse: LogfilesInUse;
  readonly #taken: LogfileInUse;
  readonly #wakeUps: WakeUps;
  readonly #options: SendOptions;
  readonly #pass: LogfilePass;
  readonly #domains: SoughtDomains | null;
  readonly #isEmpty: boolean;
  #isStopped = false;

  constructor(
    tools: FlushTools,
    inUse: LogfilesInUse,
    taken: LogfileInUse,
    wakeUps: WakeUps,
    options: SendOptions,
  ) {
    this.#tools = tools;
    this.#inUse = inUse;
    this.#taken = taken;
    this.#wakeUps = wakeUps;
    this.#options = options;
    this.slice = options.slice;
    this.#domains = options.choice === null ? null : new SoughtDomains(options.choice);
    this.#isEmpty = taken.log.sizeBytes === 0;
    this.#pass = new LogfilePass(tools, taken, this);
  }

  /** The whole send, in slices. */
  async run(): Promise<PassCounts> {
    try {
      if (this.#options.unthrottleFirst) {
        this.#tools.queueManager.wake("F");
      }
      const counts = await this.#pass.run();
      this.#tell();
      return counts;
    } finally {
      this.#inUse.giveBack(this.#taken);
    }
  }

  /** The first half of the send of a small log (see LogfilePass), which unthrottles nobody. False: `end` may follow at once. */
  begin(): boolean {
    try {
      return this.#pass.begin();
    } catch (caught) {
      this.#inUse.giveBack(this.#taken);
      throw caught;
    }
  }

  /** The second half, of which the cut goes on in the background. */
  async end(): Promise<PassCounts> {
    try {
      await this.#pass.end();
      this.#tell();
      return this.#pass.counts;
    } finally {
      this.#inUse.giveBack(this.#taken);
    }
  }

  shouldStop(): boolean {
    this.#isStopped = this.#options.shouldStop();
    return this.#isStopped;
  }

  judge(id: QueueId): Exclude<Outcome, "gone"> | "absent" {
    const { releasesUnsure = true } = this.#options;
    return this.#domains !== null && !isMeant(this.#tools, id, this.#domains, releasesUnsure)
      ? "skipped"
      : release(this.#tools, this.#taken.log.name, id);
  }

  onOutcome(id: QueueId, outcome: Outcome): void {
    if (outcome === "released") {
      this.#wakeUps.note();
    }
    this.#options.onOutcome?.(id, outcome);
  }

  /** What others are to know of it: that the log was sent, and that there is something for the queue manager. */
  #tell(): void {
    const { log } = this.#taken;
    if (!this.#isStopped) {
      log.touch();
    }
    if (!this.#isEmpty) {
      this.#wakeUps.noteLog();
      verbosely(this.#tools.log)?.info(
        `flush_send_path: requesting delivery for logfile ${log.name}`,
      );
    }
  }
}

/** Whether a message is to be released: it has mail for the sites, or isn't there, or that can't be told. */
function isMeant(
  tools: FlushTools,
  id: QueueId,
  domains: SoughtDomains,
  releasesUnsure: boolean,
): boolean {
  for (const queue of RELEASED_FROM) {
    const belonging = belongsToSite(tools, queue, id, domains);
    if (typeof belonging !== "string" && belonging.kind === "absent") {
      continue;
    }
    return belonging === "belongs" || (releasesUnsure && belonging !== "foreign");
  }
  return true;
}

function release(
  tools: FlushTools,
  name: LogfileName,
  id: QueueId,
): Exclude<Outcome, "gone"> | "absent" {
  verbosely(tools.log)?.info(
    `flush_send_path: logfile ${name}: update queue file ${id} time stamps`,
  );
  const outcome = releaseMessage(tools, id);
  switch (outcome) {
    case "released":
    case "failed":
      return outcome;
    case "absent":
      return findMessage(tools, id, QUEUES_BEHIND_INCOMING) === null ? "absent" : "kept";
    case "left":
      return findMessage(tools, id) === null ? "absent" : "kept";
  }
}
