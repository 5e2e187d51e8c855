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
import { logVerbosely } from "../effects/log.ts";
import type { LogfileName, QueueId } from "../names/names.ts";
import { findMessage, QUEUES_BEHIND_INCOMING } from "../queue/find_message.ts";
import { belongsToSite } from "../queue/message_sites.ts";
import { releaseMessage } from "../queue/release.ts";
import { SoughtDomains } from "../queue/sought_domains.ts";
import type { FlushTools } from "./flush_tools.ts";
import {
  noCounts,
  type Outcome,
  type PassCounts,
  type PassOptions,
  passOver,
} from "./logfile_pass.ts";
import type { LogfileInUse, LogfilesInUse } from "./logfiles_in_use.ts";
import type { SiteChoice } from "./site_choice.ts";
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
  if (taken === null) {
    return noCounts();
  }
  try {
    if (options.unthrottleFirst) {
      tools.queueManager.wake("F");
    }
    return await sendTaken(tools, taken, wakeUps, options);
  } finally {
    inUse.giveBack(taken);
  }
}

async function sendTaken(
  tools: FlushTools,
  taken: LogfileInUse,
  wakeUps: WakeUps,
  options: SendOptions,
): Promise<PassCounts> {
  const { slice, choice, releasesUnsure = true, shouldStop, onOutcome } = options;
  const domains = choice === null ? null : new SoughtDomains(choice);
  const { log } = taken;
  const isEmpty = log.sizeBytes === 0;
  let isStopped = false;
  const counts = await passOver(tools, taken, {
    slice,
    shouldStop: () => {
      isStopped = shouldStop();
      return isStopped;
    },
    judge: (id) =>
      domains !== null && !isMeant(tools, id, domains, releasesUnsure)
        ? "skipped"
        : release(tools, log.name, id),
    onOutcome: (id, outcome) => {
      if (outcome === "released") {
        wakeUps.note();
      }
      onOutcome?.(id, outcome);
    },
  });
  if (!isStopped) {
    log.touch();
  }
  if (!isEmpty) {
    wakeUps.noteLog();
    logVerbosely(tools.log, () => `flush_send_path: requesting delivery for logfile ${log.name}`);
  }
  return counts;
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
  logVerbosely(
    tools.log,
    () => `flush_send_path: logfile ${name}: update queue file ${id} time stamps`,
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
