/**
 * Sums over recipients and their messages, by group. Pure.
 *
 * Groups, and brief reasons, have numbers (numbering.ts).
 */
import type { BatchFacts } from "./batch.ts";
import type { MailGroup, MailTotals } from "./deferred_mail.ts";
import { Numbering } from "./numbering.ts";

/** The sums of one group. */
class Sum {
  messageCount = 0;
  recipientCount = 0;
  sizeBytes = 0;
  oldestSeconds = Number.POSITIVE_INFINITY;
  nextTrySeconds = Number.POSITIVE_INFINITY;
  /** By brief reason: recipients. */
  readonly byReason = new Map<number, number>();
  /** The message that was counted last: recipients of one message come one after the other. */
  lastMessage = -1;

  /** Counts the brief reason of a recipient. */
  countReason(brief: number): void {
    this.byReason.set(brief, (this.byReason.get(brief) ?? 0) + 1);
  }
}

export class GroupSums {
  readonly names = new Numbering();
  readonly briefs = new Numbering();
  readonly #sums: Sum[] = [];

  /**
   * Counts a recipient of a group. `message` is like no other message's number, and those of one message come in a row;
   * `index` is its place in `facts`.
   */
  add(group: number, message: number, facts: BatchFacts, index: number): Sum {
    let sum = this.#sums[group];
    if (sum === undefined) {
      sum = new Sum();
      this.#sums[group] = sum;
    }
    sum.recipientCount++;
    if (sum.lastMessage === message) {
      return sum;
    }
    sum.lastMessage = message;
    sum.messageCount++;
    sum.sizeBytes += facts.sizes[index] ?? 0;
    sum.oldestSeconds = Math.min(sum.oldestSeconds, facts.arrivals[index] ?? 0);
    sum.nextTrySeconds = Math.min(sum.nextTrySeconds, facts.nextTries[index] ?? 0);
    return sum;
  }

  /** Of each group that has recipients. */
  groups(): MailGroup[] {
    return this.#sums.flatMap((sum, number) => {
      const { messageCount, recipientCount, sizeBytes, oldestSeconds, nextTrySeconds } = sum;
      const [topReason, topReasonCount] = this.#topReasonOf(sum);
      const name = this.names.texts[number] ?? "";
      const counts = { messageCount, recipientCount, sizeBytes, oldestSeconds, nextTrySeconds };
      return [{ name, ...counts, topReason, topReasonCount }];
    });
  }

  /** Of one group, which may have none. */
  totals(group: number): Omit<MailTotals, "unreadableCount"> {
    const { messageCount, recipientCount, sizeBytes, oldestSeconds, nextTrySeconds } =
      this.#sums[group] ?? new Sum();
    return {
      messageCount,
      recipientCount,
      sizeBytes,
      oldestSeconds: messageCount === 0 ? null : oldestSeconds,
      nextTrySeconds: messageCount === 0 ? null : nextTrySeconds,
    };
  }

  #topReasonOf({ byReason }: Sum): readonly [string, number] {
    let top = "";
    let topCount = 0;
    for (const [brief, count] of byReason) {
      const text = this.briefs.texts[brief] ?? "";
      if (count > topCount || (count === topCount && text < top)) {
        top = text;
        topCount = count;
      }
    }
    return [top, topCount];
  }
}
