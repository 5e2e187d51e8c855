/**
 * Puts a message's queue file and its defer file together: who waits, and why. Pure.
 *
 * A recipient waits under each address that the defer file names for it, with the reason; under its own, without one,
 * where it names none. How many it names is the caller's to judge. All text is byte strings.
 */
import type { DeferEntry } from "./defer_file.ts";
import type { QueuedRecipient } from "./queue_file.ts";

/** A recipient that waits, under one address. */
interface Waiting {
  readonly address: string;
  /** DSN status; empty: not known. */
  readonly status: string;
  /** Empty: not known. */
  readonly reason: string;
}

/** Those of the recipients who are not delivered yet. */
export function waitingRecipients(
  recipients: readonly QueuedRecipient[],
  entries: readonly DeferEntry[],
): Waiting[] {
  const [recipient] = recipients;
  const [entry] = entries;
  if (recipient?.isDone === false && recipients.length + entries.length === 2 && entry) {
    // As nearly all messages are.
    return [recipient.offset === entry.offset ? tried(entry) : untried(recipient)];
  }
  const byOffset = Map.groupBy(entries, ({ offset }) => offset);
  return recipients
    .filter(({ isDone }) => !isDone)
    .flatMap((each) => byOffset.get(each.offset)?.map(tried) ?? [untried(each)]);
}

function tried({ recipient, status, reason }: DeferEntry): Waiting {
  return { address: recipient, status, reason };
}

function untried({ address }: QueuedRecipient): Waiting {
  return { address, status: "", reason: "" };
}
