/**
 * Sums over recipients and their messages, by group. Pure.
 *
 * Groups, and brief reasons, have numbers (numbering.ts). Each sum is a column of numbers by group, and each batch is one
 * way through its recipients in one function, that calls none for a single one: a command has ended before the compiler has
 * made anything better of it.
 */
import type { BatchFacts } from "./batch.ts";
import type { MailGroup, MailTotals } from "./deferred_mail.ts";
import { Numbering } from "./numbering.ts";

/** Recipients of a batch, by their numbers in it, in order; and the place of each one's message. */
export interface Selection {
  readonly recipients: Uint32Array;
  readonly messages: Uint32Array;
}

/** Groups of a batch's recipients: that of recipient `number` is `groups[keys[number]]`. */
export interface Grouping {
  readonly keys: Uint32Array;
  readonly groups: Uint32Array;
}

const FIRST_GROUPS = 256;

/** More than there can be reasons. */
const BRIEFS_MAX = 2 ** 26;

/** How many recipients of a group wait for a brief reason. */
interface ReasonCount {
  readonly group: number;
  readonly brief: number;
  count: number;
}

export class GroupSums {
  readonly names = new Numbering();
  readonly briefs = new Numbering();
  #groupCount = 0;
  /** Of all groups, each message counted once. */
  #totals = {
    messageCount: 0,
    recipientCount: 0,
    sizeBytes: 0,
    oldestSeconds: Number.POSITIVE_INFINITY,
    nextTrySeconds: Number.POSITIVE_INFINITY,
  };
  #messageCounts = new Float64Array(FIRST_GROUPS);
  #recipientCounts = new Float64Array(FIRST_GROUPS);
  #sizes = new Float64Array(FIRST_GROUPS);
  #oldest = new Float64Array(FIRST_GROUPS);
  #nextTries = new Float64Array(FIRST_GROUPS);
  /** The message that was counted last: recipients of one message come one after the other. */
  #lastMessages = new Float64Array(FIRST_GROUPS);
  readonly #reasons = new Map<number, ReasonCount>();
  /** By group, what was counted last: most groups have one reason or two. */
  readonly #lastReasons: ReasonCount[] = [];
  /** Of the batches so far: no two messages have the same number. */
  #messagesBefore = 0;

  /** Counts recipients of a batch, and their brief reasons; all groups are less than `groupCount`. */
  add(
    facts: BatchFacts,
    { recipients, messages }: Selection,
    { keys, groups }: Grouping,
    groupCount: number,
  ): void {
    this.#grow(groupCount);
    const [messageCounts, recipientCounts] = [this.#messageCounts, this.#recipientCounts];
    const [sizes, oldest, nextTries] = [this.#sizes, this.#oldest, this.#nextTries];
    const [lastMessages, lastReasons] = [this.#lastMessages, this.#lastReasons];
    const { reasonOfRecipient, briefOfReason } = facts;
    const briefs = this.briefs.ofAll(facts.briefs);
    const first = this.#messagesBefore + 1;
    let { messageCount, recipientCount, sizeBytes, oldestSeconds, nextTrySeconds } = this.#totals;
    let last = -1;
    for (let at = 0; at < recipients.length; at++) {
      const recipient = recipients[at] ?? 0;
      const group = groups[keys[recipient] ?? 0] ?? 0;
      const message = messages[at] ?? 0;
      const size = facts.sizes[message] ?? 0;
      const arrival = facts.arrivals[message] ?? 0;
      const nextTry = facts.nextTries[message] ?? 0;
      if (message !== last) {
        last = message;
        messageCount++;
        sizeBytes += size;
        oldestSeconds = Math.min(oldestSeconds, arrival);
        nextTrySeconds = Math.min(nextTrySeconds, nextTry);
      }
      recipientCounts[group] = (recipientCounts[group] ?? 0) + 1;
      if (lastMessages[group] !== first + message) {
        lastMessages[group] = first + message;
        messageCounts[group] = (messageCounts[group] ?? 0) + 1;
        sizes[group] = (sizes[group] ?? 0) + size;
        oldest[group] = Math.min(oldest[group] ?? 0, arrival);
        nextTries[group] = Math.min(nextTries[group] ?? 0, nextTry);
      }
      const brief = briefs[briefOfReason[reasonOfRecipient[recipient] ?? 0] ?? 0] ?? 0;
      let reason = lastReasons[group];
      if (reason === undefined || reason.brief !== brief) {
        reason = this.#reasonCount(group, brief);
        lastReasons[group] = reason;
      }
      reason.count++;
    }
    recipientCount += recipients.length;
    this.#totals = { messageCount, recipientCount, sizeBytes, oldestSeconds, nextTrySeconds };
    this.#messagesBefore += facts.count;
  }

  /** Of each group that has recipients. */
  groups(): MailGroup[] {
    const tops = this.#topReasons();
    const groups: MailGroup[] = [];
    for (let group = 0; group < this.#groupCount; group++) {
      const recipientCount = this.#recipientCounts[group] ?? 0;
      const top = tops[group];
      if (recipientCount > 0) {
        groups.push({
          name: this.names.texts[group] ?? "",
          messageCount: this.#messageCounts[group] ?? 0,
          recipientCount,
          sizeBytes: this.#sizes[group] ?? 0,
          oldestSeconds: this.#oldest[group] ?? 0,
          nextTrySeconds: this.#nextTries[group] ?? 0,
          topReason: top === undefined ? "" : this.#textOf(top),
          topReasonCount: top?.count ?? 0,
        });
      }
    }
    return groups;
  }

  /** Of all groups, each message counted once. */
  totals(): Omit<MailTotals, "unreadableCount"> {
    const totals = this.#totals;
    return totals.messageCount > 0
      ? totals
      : { ...totals, oldestSeconds: null, nextTrySeconds: null };
  }

  #reasonCount(group: number, brief: number): ReasonCount {
    const key = group * BRIEFS_MAX + brief;
    let reason = this.#reasons.get(key);
    if (reason === undefined) {
      reason = { group, brief, count: 0 };
      this.#reasons.set(key, reason);
    }
    return reason;
  }

  /** By group, the reason of most recipients; of several the first by its text. */
  #topReasons(): ReasonCount[] {
    const tops: ReasonCount[] = [];
    for (const reason of this.#reasons.values()) {
      const top = tops[reason.group];
      if (
        top === undefined ||
        reason.count > top.count ||
        (reason.count === top.count && this.#textOf(reason) < this.#textOf(top))
      ) {
        tops[reason.group] = reason;
      }
    }
    return tops;
  }

  #textOf({ brief }: ReasonCount): string {
    return this.briefs.texts[brief] ?? "";
  }

  #grow(groupCount: number): void {
    if (groupCount > this.#messageCounts.length) {
      const length = 2 * groupCount;
      this.#messageCounts = grown(this.#messageCounts, length);
      this.#recipientCounts = grown(this.#recipientCounts, length);
      this.#sizes = grown(this.#sizes, length);
      this.#oldest = grown(this.#oldest, length);
      this.#nextTries = grown(this.#nextTries, length);
      this.#lastMessages = grown(this.#lastMessages, length);
    }
    this.#oldest.fill(Number.POSITIVE_INFINITY, this.#groupCount, groupCount);
    this.#nextTries.fill(Number.POSITIVE_INFINITY, this.#groupCount, groupCount);
    this.#groupCount = Math.max(this.#groupCount, groupCount);
  }
}

function grown(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(column);
  return larger;
}
