/**
 * `watch --probe`: releases one message, and follows it to its end: whether its destination takes mail again, that mail
 * itself says. No other message is touched.
 */
import type { RecipientOutcome } from "../../following/outcome.ts";
import { encodeUtf8 } from "../../names/byte_string.ts";
import { parseQueueId } from "../../names/names.ts";
import type { TrialMessage } from "../../watching/trial_message.ts";
import type { CommandTools } from "../command_tools.ts";
import { Choice } from "../release/chosen_mail.ts";
import { Follower } from "../release/follower.ts";
import { logRelease } from "../release/log_release.ts";
import { type Sent, sendMail } from "../release/send_mail.ts";
import type { StopSignal } from "./stop_signal.ts";
import type { WatchOrder } from "./watch_order.ts";

const MS_PER_SECOND = 1000;

/** What a trial came to; `why` is a byte string. */
export interface Trial {
  /** "refused": returned to its sender, and so would be others. */
  readonly kind: "ready" | "not yet" | "refused";
  readonly why: string;
  /** What became of its recipients. */
  readonly outcomes: readonly RecipientOutcome[];
}

/** Tries one message for a site. Throws CommandError. */
export async function tryMessage(
  tools: CommandTools,
  site: string,
  { queueId }: TrialMessage,
  { reason, followSeconds }: WatchOrder,
  stop: StopSignal,
): Promise<Trial> {
  const outcomes: RecipientOutcome[] = [];
  const follower = await Follower.open(tools, {
    take: (outcome) => outcomes.push(outcome),
    addUnfollowed: () => {},
    end: () => {},
  });
  try {
    const sent = await release(tools, site, queueId, reason, follower);
    const obstacle = obstacleOf(sent, queueId);
    if (obstacle !== null) {
      return notYet(obstacle);
    }
    await follower.follow({
      limitMs: followSeconds * MS_PER_SECOND,
      shouldStop: () => stop.isStopped,
      onLook: () => {},
    });
    return judge(queueId, site, outcomes);
  } finally {
    follower.close();
  }
}

async function release(
  tools: CommandTools,
  site: string,
  queueId: string,
  reason: string,
  follower: Follower,
): Promise<Sent> {
  const id = parseQueueId(queueId);
  const choice = new Choice(tools, { kind: "ids", ids: id === null ? [] : [id] });
  try {
    const onReleased = follower.add.bind(follower);
    const sent = await sendMail(tools, choice, {
      command: "watch",
      reason,
      json: false,
      onReleased,
    });
    if ((sent.byIdTotals?.get("released") ?? 0) > 0) {
      const selected = `watch ${site}, one message on trial: ${queueId}`;
      await logRelease(tools, { selected, reason, totals: sent.byIdTotals ?? new Map() });
    }
    return sent;
  } finally {
    choice.close();
  }
}

/** Why it was not released; null: it was. */
function obstacleOf({ sum, byIdTotals }: Sent, queueId: string): string | null {
  if (sum.failure !== null) {
    return `${queueId} could not be released: ${encodeUtf8(sum.failure.message)}`;
  }
  const count = (name: string): number => byIdTotals?.get(name) ?? 0;
  if (count("released") > 0) {
    return null;
  }
  return count("failed") > 0
    ? `${queueId} could not be released: the mail log says why`
    : `${queueId} has been taken up by others`;
}

function judge(queueId: string, site: string, outcomes: readonly RecipientOutcome[]): Trial {
  const own = outcomes.filter((each) => each.site === site);
  const of = (outcome: RecipientOutcome["outcome"]): RecipientOutcome | undefined =>
    own.find((each) => each.outcome === outcome);
  const delivered = of("delivered");
  if (delivered !== undefined) {
    return { kind: "ready", why: `${queueId} is delivered: ${delivered.reason}`, outcomes };
  }
  const bounced = of("bounced");
  if (bounced !== undefined) {
    return { kind: "refused", why: `${queueId} has bounced: ${reasonOf(bounced)}`, outcomes };
  }
  const deferred = of("deferred");
  if (deferred !== undefined) {
    return notYet(`${queueId} is deferred again: ${reasonOf(deferred)}`);
  }
  if (of("trying") !== undefined) {
    return notYet(`${queueId} is still being tried`);
  }
  return of("held") === undefined
    ? notYet(`${queueId} has left the queue, and no log line says how`)
    : notYet(`${queueId} was put on hold`);
}

function reasonOf({ status, reason }: RecipientOutcome): string {
  return [status, reason].filter((part) => part !== "").join(" ");
}

function notYet(why: string): Trial {
  return { kind: "not yet", why, outcomes: [] };
}
