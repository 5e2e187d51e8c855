/**
 * Which message of a destination is tried first, when one is tried for all: the one that troubles others least. Pure.
 *
 * One with the fewest other destinations, of these the smallest, then the oldest, then the first by its queue ID. One that was
 * tried more often comes last, since what a message meets may be its own (a full mailbox), and not its destination's.
 */
import type { DeferredMessage } from "../index/deferred_mail.ts";

/** A message to try, and its recipient whose route is asked for. Byte strings. */
export interface TrialMessage {
  readonly queueId: string;
  readonly sender: string;
  readonly recipient: string;
}

/** Chooses; null: there is no mail for the site. `tries`: by queue ID, how often each was tried. */
export function chooseTrial(
  messages: Iterable<DeferredMessage>,
  site: string,
  tries: ReadonlyMap<string, number>,
): TrialMessage | null {
  let best: { readonly message: DeferredMessage; readonly rank: Rank } | null = null;
  for (const message of messages) {
    const rank = rankOf(message, site, tries);
    if (best === null || isLess(rank, best.rank)) {
      best = { message, rank };
    }
  }
  const recipient = best?.message.recipients.find((each) => each.site === site);
  return best === null || recipient === undefined
    ? null
    : { queueId: best.message.queueId, sender: best.message.sender, recipient: recipient.address };
}

type Rank = readonly [
  tries: number,
  otherSites: number,
  sizeBytes: number,
  arrivalSeconds: number,
  queueId: string,
];

function rankOf(
  { queueId, recipients, sizeBytes, arrivalSeconds }: DeferredMessage,
  site: string,
  tries: ReadonlyMap<string, number>,
): Rank {
  const others = new Set(recipients.map((each) => each.site).filter((other) => other !== site));
  return [tries.get(queueId) ?? 0, others.size, sizeBytes, arrivalSeconds, queueId];
}

function isLess(one: Rank, other: Rank): boolean {
  for (const [index, value] of one.entries()) {
    const against = other[index] ?? value;
    if (value !== against) {
      return value < against;
    }
  }
  return false;
}
