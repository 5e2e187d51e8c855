/**
 * Deferred mail by destination: what can be asked about it, and in what words the answers are.
 *
 * Two answer: the index over the real queue (deferred_index.ts), and messages in memory (messages_in_memory.ts),
 * which says what is right. All text is byte strings; times are seconds since the epoch.
 */

/** A recipient that waits, under one address that was tried for it. */
export interface WaitingRecipient {
  /** As delivery was tried; as the queue file has it where nothing is known of a try. */
  readonly address: string;
  /** The domain of the address in its canonical form (record/canonical_domain.ts); empty where it has none. */
  readonly site: string;
  /** DSN status, as in `4.4.1`; empty: not known. */
  readonly status: string;
  /** What defer(8) wrote down; empty: not known. */
  readonly reason: string;
}

/** A message in the deferred queue. */
export interface DeferredMessage {
  readonly queueId: string;
  /** Empty for a bounce. */
  readonly sender: string;
  /** When Postfix received it: never the file's mtime. */
  readonly arrivalSeconds: number;
  /** Of the message as it was received, as postqueue(1) shows it. */
  readonly sizeBytes: number;
  /** When the queue manager tries it again: the queue file's mtime. It may be past. */
  readonly nextTrySeconds: number;
  /** Undelivered ones. */
  readonly recipients: readonly WaitingRecipient[];
}

/**
 * What messages are grouped by: `site`, the recipient's domain; `parent`, the domain that was registered with a
 * registry (of `mail.example.co.uk`, `example.co.uk`); `relay`, the host that deferred it, by its reason.
 */
export type GroupBy = "site" | "parent" | "relay";

/** Which waiting recipients are meant; messages are those that have one. Null: all. */
export interface MailFilter {
  /** Is asked for each site once. */
  readonly isOfSite: ((site: string) => boolean) | null;
  /** Is asked for each reason once: the DSN status, a blank, the text; or what of it is known. */
  readonly isOfReason: ((reason: string) => boolean) | null;
  /** Arrived before or at this time. */
  readonly arrivedBySeconds: number | null;
}

/** Messages with recipients of one destination. A message counts once in a group, however many they are. */
export interface MailGroup {
  /** The site, parent or relay; empty: it has none. */
  readonly name: string;
  readonly messageCount: number;
  readonly recipientCount: number;
  readonly sizeBytes: number;
  readonly oldestSeconds: number;
  /** The earliest. */
  readonly nextTrySeconds: number;
  /** The brief reason (reason_text.ts) of most recipients; of several the first by its text. */
  readonly topReason: string;
  readonly topReasonCount: number;
}

/** All that a filter lets through, each message counted once. */
export interface MailTotals {
  readonly messageCount: number;
  readonly recipientCount: number;
  readonly sizeBytes: number;
  /** Null: there are none. */
  readonly oldestSeconds: number | null;
  readonly nextTrySeconds: number | null;
  /** Files in the deferred queue that can't be read as messages; no filter applies. */
  readonly unreadableCount: number;
}

/** A file in the deferred queue that can't be read as a message. */
export interface UnreadableFile {
  /** From the queue directory on. */
  readonly path: string;
  readonly why: string;
}

/** How old the recipients of one destination are. */
export interface AgeRow {
  readonly name: string;
  /** Recipients by age: one number for each limit, those up to it, and behind the last one the older ones. */
  readonly counts: readonly number[];
}

/** The deferred queue, as of one moment. */
export interface DeferredMail {
  /** In no order. */
  groups(by: GroupBy, filter: MailFilter): readonly MailGroup[];
  /**
   * Tells each message that has recipients, in no order, with the names of the groups that it counts in, each once: for
   * whoever compares two moments. Texts are not read for it.
   */
  memberships(by: GroupBy, onMessage: (queueId: string, groups: readonly string[]) => void): void;
  totals(filter: MailFilter): MailTotals;
  /** Ages as of `nowSeconds`, in buckets that end at these ages; in no order. */
  ages(
    by: GroupBy,
    filter: MailFilter,
    nowSeconds: number,
    limitsSeconds: readonly number[],
  ): readonly AgeRow[];
  /** One at a time, so that a long queue needs no long list; with all their recipients, by queue ID. */
  messages(filter: MailFilter): Iterable<DeferredMessage>;
  /** Files that can't be read as messages: the first ones by path, at most so many. */
  unreadable(countMax: number): readonly UnreadableFile[];
  close(): void;
}
