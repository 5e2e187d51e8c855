/**
 * Deferred mail, answered from an array of messages: DeferredMail (deferred_mail.ts) in its plainest form.
 *
 * Says what is right: the index over the real queue has to agree with it. It goes over all messages for each
 * answer, and is for tests.
 */
import type {
  AgeRow,
  DeferredMail,
  DeferredMessage,
  GroupBy,
  MailFilter,
  MailGroup,
  MailTotals,
  UnreadableFile,
  WaitingRecipient,
} from "./deferred_mail.ts";
import { groupNameOf } from "./group_name.ts";
import { briefReason } from "./reason_text.ts";

/** A message with those of its recipients that a filter lets through: at least one. */
interface Match {
  readonly message: DeferredMessage;
  readonly recipients: readonly WaitingRecipient[];
}

export class MessagesInMemory implements DeferredMail {
  isClosed = false;
  readonly #messages: readonly DeferredMessage[];
  readonly #unreadable: readonly UnreadableFile[];

  constructor(messages: readonly DeferredMessage[], unreadable: readonly UnreadableFile[] = []) {
    this.#messages = messages;
    this.#unreadable = unreadable;
  }

  groups(by: GroupBy, filter: MailFilter): MailGroup[] {
    return [...this.#matchesByName(by, filter)].map(([name, matches]) => groupOf(name, matches));
  }

  memberships(by: GroupBy, onMessage: (queueId: string, groups: readonly string[]) => void): void {
    for (const { queueId, recipients } of this.#messages) {
      if (recipients.length > 0) {
        onMessage(queueId, [...new Set(recipients.map((each) => groupNameOf(by, each)))]);
      }
    }
  }

  totals(filter: MailFilter): MailTotals {
    const matches = this.#matches(filter);
    return {
      messageCount: matches.length,
      recipientCount: recipientsOf(matches).length,
      sizeBytes: sum(matches.map(({ message }) => message.sizeBytes)),
      oldestSeconds: least(matches.map(({ message }) => message.arrivalSeconds)),
      nextTrySeconds: least(matches.map(({ message }) => message.nextTrySeconds)),
      unreadableCount: this.#unreadable.length,
    };
  }

  ages(
    by: GroupBy,
    filter: MailFilter,
    nowSeconds: number,
    limitsSeconds: readonly number[],
  ): AgeRow[] {
    return [...this.#matchesByName(by, filter)].map(([name, matches]) => {
      const counts = [...limitsSeconds, Number.POSITIVE_INFINITY].map(() => 0);
      for (const { message, recipients } of matches) {
        const age = nowSeconds - message.arrivalSeconds;
        const bucket = limitsSeconds.findIndex((limit) => age <= limit);
        const index = bucket === -1 ? limitsSeconds.length : bucket;
        counts[index] = (counts[index] ?? 0) + recipients.length;
      }
      return { name, counts };
    });
  }

  messages(filter: MailFilter): Iterable<DeferredMessage> {
    return this.#matches(filter)
      .map(({ message }) => message)
      .toSorted((one, other) => (one.queueId < other.queueId ? -1 : 1));
  }

  unreadable(countMax: number): UnreadableFile[] {
    return this.#unreadable
      .toSorted((one, other) => (one.path < other.path ? -1 : 1))
      .slice(0, countMax);
  }

  close(): void {
    this.isClosed = true;
  }

  #matches({ isOfSite, isOfReason, arrivedBySeconds }: MailFilter): Match[] {
    return this.#messages
      .filter(
        ({ arrivalSeconds }) => arrivedBySeconds === null || arrivalSeconds <= arrivedBySeconds,
      )
      .map((message) => ({
        message,
        recipients: message.recipients.filter(
          (recipient) =>
            (isOfSite === null || isOfSite(recipient.site)) &&
            (isOfReason === null || isOfReason(fullReason(recipient))),
        ),
      }))
      .filter(({ recipients }) => recipients.length > 0);
  }

  /** Each group's messages with their recipients in the group. */
  #matchesByName(by: GroupBy, filter: MailFilter): Map<string, Match[]> {
    const byName = new Map<string, Match[]>();
    for (const { message, recipients } of this.#matches(filter)) {
      const inMessage = Map.groupBy(recipients, (recipient) => groupNameOf(by, recipient));
      for (const [name, itsOwn] of inMessage) {
        byName.set(name, [...(byName.get(name) ?? []), { message, recipients: itsOwn }]);
      }
    }
    return byName;
  }
}

/** What `isOfReason` of a filter is asked. */
function fullReason({ status, reason }: WaitingRecipient): string {
  return [status, reason].filter((part) => part !== "").join(" ");
}

function groupOf(name: string, matches: readonly Match[]): MailGroup {
  const [topReason, topReasonCount] = topReasonOf(recipientsOf(matches));
  return {
    name,
    messageCount: matches.length,
    recipientCount: recipientsOf(matches).length,
    sizeBytes: sum(matches.map(({ message }) => message.sizeBytes)),
    oldestSeconds: least(matches.map(({ message }) => message.arrivalSeconds)) ?? 0,
    nextTrySeconds: least(matches.map(({ message }) => message.nextTrySeconds)) ?? 0,
    topReason,
    topReasonCount,
  };
}

function recipientsOf(matches: readonly Match[]): WaitingRecipient[] {
  return matches.flatMap(({ recipients }) => recipients);
}

function topReasonOf(recipients: readonly WaitingRecipient[]): readonly [string, number] {
  const byBrief = Map.groupBy(recipients, ({ status, reason }) => briefReason(status, reason));
  const [top = ["", []]] = [...byBrief].toSorted(
    ([one, its], [other, others]) => others.length - its.length || (one < other ? -1 : 1),
  );
  return [top[0], top[1].length];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function least(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((one, other) => Math.min(one, other));
}
