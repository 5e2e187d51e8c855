/**
 * The oldest of many messages, in memory for those alone. Pure.
 */
import type { DeferredMessage } from "../../index/deferred_mail.ts";

/** What is compared of a message. */
type Aged = Pick<DeferredMessage, "arrivalSeconds" | "queueId">;

export class OldestMessages<Message extends Aged = DeferredMessage> {
  readonly #count: number;
  #kept: Message[] = [];

  /** Keeps so many. */
  constructor(count: number) {
    this.#count = count;
  }

  take(message: Message): void {
    this.#kept.push(message);
    if (this.#kept.length >= 2 * this.#count) {
      this.#kept = this.messages();
    }
  }

  /** The oldest first; of those that arrived in one second, the first by queue ID. */
  messages(): Message[] {
    return this.#kept
      .toSorted(
        (one, other) =>
          one.arrivalSeconds - other.arrivalSeconds || (one.queueId < other.queueId ? -1 : 1),
      )
      .slice(0, this.#count);
  }
}
