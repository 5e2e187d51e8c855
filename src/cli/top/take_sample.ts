/**
 * Looks at deferred mail for `fastflush top`, and compares it with the looks before.
 *
 * What is looked at is the index of deferred mail, so that a look is cheap where little has changed. What is kept between
 * two looks are queue IDs with their groups, and the last counts; both begin anew with another grouping.
 */

import { wallSeconds } from "../../effects/clock.ts";
import { idsInDelivery } from "../../following/ids_in_delivery.ts";
import type { DeferredMail, GroupBy, MailFilter, MailGroup } from "../../index/deferred_mail.ts";
import { groupFilter, groupNameOf } from "../../index/group_name.ts";
import type { CommandTools } from "../command_tools.ts";
import { groupText, reasonText } from "../deferred/mail_words.ts";
import { OldestMessages } from "../deferred/oldest_messages.ts";
import { openQueue } from "../open_mail.ts";
import { printable } from "../printable.ts";
import { Flow } from "./flow.ts";
import { History } from "./history.ts";
import type { DestinationRow, MessageRow, OpenedDestination, Sample } from "./sample.ts";

/** So many messages of a destination are shown. */
const MESSAGES_SHOWN_MAX = 1000;

const ALL_MAIL: MailFilter = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };

/** All messages, in place of a group. */
const TOTAL = "";

/** Looks at deferred mail by one grouping. */
export class Sampler {
  readonly by: GroupBy;
  readonly #tools: CommandTools;
  readonly #flow = new Flow();
  readonly #history = new History();
  readonly #totalHistory = new History();

  constructor(tools: CommandTools, by: GroupBy) {
    this.#tools = tools;
    this.by = by;
  }

  /** As of now; with the messages of the destination of this name, unless null. Throws CommandError. */
  take(mail: DeferredMail, opened: string | null): Sample {
    const { by } = this;
    const { clock } = this.#tools;
    const groups = mail.groups(by, ALL_MAIL);
    const totals = mail.totals(ALL_MAIL);
    this.#flow.take(
      clock.monotonicMs(),
      (onMessage) => mail.memberships(by, onMessage),
      () => idsInDelivery(openQueue(this.#tools)),
    );
    this.#history.take(groups.map(({ name, messageCount }) => [name, messageCount]));
    this.#totalHistory.take([[TOTAL, totals.messageCount]]);
    return {
      by,
      atSeconds: wallSeconds(clock),
      totals,
      ...this.#flow.totalRates,
      history: this.#totalHistory.of(TOTAL),
      destinations: groups.map((group) => this.#rowOf(group)),
      opened: opened === null ? null : openedDestination(mail, by, opened),
    };
  }

  #rowOf({ name, topReason, topReasonCount, ...group }: MailGroup): DestinationRow {
    const { messageCount, recipientCount, oldestSeconds } = group;
    return {
      name,
      text: groupText(this.by, name),
      messageCount,
      recipientCount,
      oldestSeconds,
      reason: reasonText(topReason),
      reasonCount: topReasonCount,
      history: this.#history.of(name),
      ...this.#flow.ratesOf(name),
    };
  }
}

function openedDestination(mail: DeferredMail, by: GroupBy, name: string): OpenedDestination {
  const oldest = new OldestMessages<MessageRow>(MESSAGES_SHOWN_MAX);
  for (const { recipients, ...message } of mail.messages(groupFilter(by, name))) {
    const [first, ...others] = recipients.filter((each) => groupNameOf(by, each) === name);
    if (first !== undefined) {
      const { queueId, arrivalSeconds, nextTrySeconds, sizeBytes, sender } = message;
      const reason = [first.status, first.reason].filter((part) => part !== "").join(" ");
      oldest.take({
        queueId,
        arrivalSeconds,
        nextTrySeconds,
        sizeBytes,
        sender: sender === "" ? "<>" : printable(sender),
        recipient: printable(first.address),
        recipientCount: 1 + others.length,
        reason: reasonText(reason),
      });
    }
  }
  return { by, name, messages: oldest.messages() };
}
