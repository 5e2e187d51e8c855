/**
 * Which recipients of a batch count for an answer, and in which group. Pure.
 *
 * A filter has been asked before: for each site of the batch, and for each reason.
 */
import type { StoredBatch } from "../effects/index_store.ts";
import type { BatchFacts } from "./batch.ts";
import type { GroupBy } from "./deferred_mail.ts";
import type { Grouping, Selection } from "./group_sums.ts";
import type { Numbering } from "./numbering.ts";
import { parentDomain } from "./parent_domain.ts";

/** A batch as far as it is in memory. */
export interface LoadedBatch extends StoredBatch {
  readonly facts: BatchFacts;
}

/** What a filter lets through of a batch: 1, by number of site and of reason. Null: all. */
export interface BatchFilter {
  readonly sites: Uint8Array | null;
  readonly reasons: Uint8Array | null;
  readonly arrivedBySeconds: number;
}

export const NO_FILTER: BatchFilter = {
  sites: null,
  reasons: null,
  arrivedBySeconds: Number.POSITIVE_INFINITY,
};

/** Which group each recipient of a batch belongs to: numbers of `names`. */
export function groupsOfRecipients(by: GroupBy, facts: BatchFacts, names: Numbering): Grouping {
  if (by === "relay") {
    const relays = names.ofAll(facts.relays);
    const groups = facts.relayOfReason.map((relay) => relays[relay] ?? 0);
    return { keys: facts.reasonOfRecipient, groups };
  }
  const groups = names.ofAll(facts.sites, by === "parent" ? parentDomain : undefined);
  return { keys: facts.siteOfRecipient, groups };
}

/** The recipients that a filter lets through. */
export function select(
  { facts, live }: LoadedBatch,
  { sites, reasons, arrivedBySeconds }: BatchFilter,
): Selection {
  const { arrivals, recipientEnds, siteOfRecipient, reasonOfRecipient } = facts;
  const recipients = new Uint32Array(siteOfRecipient.length);
  const messages = new Uint32Array(siteOfRecipient.length);
  let count = 0;
  let recipient = 0;
  for (let index = 0; index < live.length; index++) {
    const end = recipientEnds[index] ?? 0;
    if (live[index] !== 1 || (arrivals[index] ?? 0) > arrivedBySeconds) {
      recipient = end;
      continue;
    }
    for (; recipient < end; recipient++) {
      if (
        (sites === null || sites[siteOfRecipient[recipient] ?? 0] === 1) &&
        (reasons === null || reasons[reasonOfRecipient[recipient] ?? 0] === 1)
      ) {
        recipients[count] = recipient;
        messages[count] = index;
        count++;
      }
    }
  }
  return { recipients: recipients.subarray(0, count), messages: messages.subarray(0, count) };
}

/** Messages that can't be read. */
export function unreadableCountOf({ facts, live }: LoadedBatch): number {
  const { unreadable } = facts;
  let count = 0;
  // There are none, nearly always.
  for (let index = unreadable.indexOf(1); index !== -1; index = unreadable.indexOf(1, index + 1)) {
    count += live[index] ?? 0;
  }
  return count;
}
