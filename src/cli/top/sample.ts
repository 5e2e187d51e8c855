/**
 * What `fastflush top` knows of deferred mail at one moment.
 *
 * `name` and `queueId` are byte strings, to act on; every other text is printable.
 */
import type { GroupBy, MailTotals } from "../../index/deferred_mail.ts";

/** Messages that came and went, a minute; null: not known yet, or no longer. */
export interface Rates {
  readonly inPerMinute: number | null;
  readonly outPerMinute: number | null;
}

/** A destination with deferred mail. */
export interface DestinationRow extends Rates {
  /** The site, parent or relay; empty: it has none. */
  readonly name: string;
  readonly text: string;
  readonly messageCount: number;
  readonly recipientCount: number;
  readonly oldestSeconds: number;
  /** What most recipients wait for, and how many they are. */
  readonly reason: string;
  readonly reasonCount: number;
  /** How many messages there were at the last moments that were looked at, this one last. */
  readonly history: readonly number[];
}

/** A message of the destination that was opened. */
export interface MessageRow {
  readonly queueId: string;
  readonly arrivalSeconds: number;
  readonly nextTrySeconds: number;
  readonly sizeBytes: number;
  readonly sender: string;
  /** The first one who waits there, and why; how many they are. */
  readonly recipient: string;
  readonly recipientCount: number;
  readonly reason: string;
}

/** The destination that was opened: the oldest messages. */
export interface OpenedDestination {
  readonly by: GroupBy;
  readonly name: string;
  readonly messages: readonly MessageRow[];
}

export interface Sample extends Rates {
  /** The destinations are of this kind. */
  readonly by: GroupBy;
  readonly atSeconds: number;
  readonly totals: MailTotals;
  readonly history: readonly number[];
  readonly destinations: readonly DestinationRow[];
  readonly opened: OpenedDestination | null;
}
