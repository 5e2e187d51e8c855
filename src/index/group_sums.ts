/**
 * Sums over recipients and their messages, by group. Pure.
 *
 * Groups, and brief reasons, have numbers in the order in which they are met: what is done for each of a million
 * recipients is done with numbers.
 */
import type { BatchFacts } from "./batch.ts";
import type { MailGroup, MailTotals } from "./deferred_mail.ts";
import type { PackedTexts } from "./packing.ts";

/** Numbers texts in the order in which they are met. */
export class Names {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) {
      return known;
    }
    const number = this.texts.push(text) - 1;
    this.#numbers.set(text, number);
    return number;
  }

  /** The numbers of a batch's texts, by their numbers there; `rename` says what a text stands for. */
  numbersOf(texts: PackedTexts, rename: (text: string) => string = (text) => text): Uint32Array {
    const numbers = new Uint32Array(texts.count);
    for (let index = 0; index < texts.count; index++) {
      numbers[index] = this.numberOf(rename(texts.at(index)));
    }
    return numbers;
  }
}

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
}

export class GroupSums {
  readonly names = new Names();
  readonly briefs = new Names();
  readonly #sums: Sum[] = [];

  /**
   * Counts a recipient of a group. `message` is like no other message's number, and those of one message come in a row;
   * `index` is its place in `facts`.
   */
  add(group: number, brief: number, message: number, facts: BatchFacts, index: number): void {
    let sum = this.#sums[group];
    if (sum === undefined) {
      sum = new Sum();
      this.#sums[group] = sum;
    }
    sum.recipientCount++;
    sum.byReason.set(brief, (sum.byReason.get(brief) ?? 0) + 1);
    if (sum.lastMessage === message) {
      return;
    }
    sum.lastMessage = message;
    sum.messageCount++;
    sum.sizeBytes += facts.sizes[index] ?? 0;
    sum.oldestSeconds = Math.min(sum.oldestSeconds, facts.arrivals[index] ?? 0);
    sum.nextTrySeconds = Math.min(sum.nextTrySeconds, facts.nextTries[index] ?? 0);
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
