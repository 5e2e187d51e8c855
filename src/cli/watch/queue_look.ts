/**
 * What waits for one destination now: the message to try first, or that there is none to wait for any more.
 */
import { chooseTrial, type TrialMessage } from "../../watching/trial_message.ts";
import type { CommandTools } from "../command_tools.ts";
import { openMail } from "../open_mail.ts";
import { countText } from "../printable.ts";
import { Choice } from "../release/chosen_mail.ts";
import { mailInDelivery } from "../release/mail_in_delivery.ts";
import type { Selection } from "../release/selection.ts";

/** What a look has found. */
export type QueueLook =
  | { readonly kind: "mail"; readonly trial: TrialMessage }
  /** All of it is being delivered now. */
  | { readonly kind: "busy"; readonly why: string }
  | { readonly kind: "nothing" };

/** The mail for one site. */
export function selectionOf(site: string): Selection {
  return { kind: "sites", lists: [site] };
}

/** Looks. `tries`: by queue ID, how often a message was tried. Throws CommandError where the queue can't be read. */
export async function lookAtQueue(
  tools: CommandTools,
  site: string,
  tries: ReadonlyMap<string, number>,
): Promise<QueueLook> {
  const mail = await openMail(tools);
  try {
    const filter = {
      isOfSite: (other: string) => other === site,
      isOfReason: null,
      arrivedBySeconds: null,
    };
    const trial = chooseTrial(mail.messages(filter), site, tries);
    if (trial !== null) {
      return { kind: "mail", trial };
    }
  } finally {
    mail.close();
  }
  const { messages } = await mailInDelivery(
    tools,
    new Choice(tools, selectionOf(site)),
    () => false,
  );
  const count = messages.size;
  const why = `${countText(count, "message")} for it ${count === 1 ? "is" : "are"} being delivered now`;
  return count === 0 ? { kind: "nothing" } : { kind: "busy", why };
}
