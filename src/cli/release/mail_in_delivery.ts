/**
 * The mail for what was chosen that Postfix is delivering now: others have released it, or it has just come. To be
 * looked for behind the deferred queue, as mail goes that way: what is in neither has been delivered, or returned.
 */
import { findInDelivery, type InDelivery } from "../../following/in_delivery.ts";
import type { QueueId } from "../../names/names.ts";
import type { CommandTools } from "../command_tools.ts";
import { openQueue } from "../open_mail.ts";
import { countText } from "../printable.ts";
import type { Choice } from "./chosen_mail.ts";

/** Without what has been told of already; nothing where messages are named by their IDs: each is told of then. */
export async function mailInDelivery(
  tools: CommandTools,
  choice: Choice,
  isTold: (id: QueueId) => boolean,
): Promise<InDelivery> {
  if (choice.selection.kind === "ids") {
    return { messages: new Map(), isComplete: true };
  }
  const { instance, clock } = tools;
  const { hashing } = instance;
  const reading = { files: openQueue(tools), hashing, siteOf: siteOf(choice), clock };
  return await findInDelivery(reading, choice.isMeant, isTold);
}

/** The site of an address, as the choice names it. */
export function siteOf({ siteNames }: Choice): (address: string) => string {
  return (address) => siteNames.siteOf(address);
}

/** A line; nothing where there is none. */
export function inDeliveryText(count: number, isComplete: boolean): string {
  const what = `${isComplete ? "" : "at least "}${countText(count, "message")}`;
  return count === 0 ? "" : `${what} for this ${count === 1 ? "is" : "are"} being delivered now.\n`;
}
