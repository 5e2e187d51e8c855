/**
 * What a release of chosen messages would do, told in the same items as the service's preview. Pure but for the reading.
 */
import type { ReportItem } from "../../client/ask.ts";
import type { QueueIdSet } from "../../names/queue_id_set.ts";
import type { ChosenMail, ChosenMessage } from "./chosen_mail.ts";

/** So many recipients, and other destinations, are named of one message: as many as the service names. */
const NAMED_MAX = 100;

type Prospect = "release" | "keep" | "gone" | "unreadable";

/** Tells each message but those in `told`; returns how many there are of each outcome. */
export function previewChosen(
  chosen: ChosenMail,
  told: QueueIdSet,
  onItem: (item: ReportItem) => void,
): ReadonlyMap<string, number> {
  const counts: Record<Prospect, number> = { release: 0, keep: 0, gone: 0, unreadable: 0 };
  for (const message of chosen.messages()) {
    if (!told.has(message.queueId)) {
      const outcome = prospectOf(message);
      counts[outcome]++;
      onItem({ kind: "item", item: "message", attributes: attributesOf(chosen, message, outcome) });
    }
  }
  return new Map([...Object.entries(counts), ["skip", 0]]);
}

function prospectOf({ queue, details }: ChosenMessage): Prospect {
  if (queue === "") {
    return "gone";
  }
  if (queue === "active" || queue === "hold") {
    return "keep";
  }
  return details === null ? "unreadable" : "release";
}

/** What is told of a message, whatever would become of it. */
export function attributesOf(
  { isMeant }: Pick<ChosenMail, "isMeant">,
  { queueId, queue, details }: ChosenMessage,
  outcome: string,
): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>([
    ["queue_id", queueId],
    ["queue", queue],
  ]);
  if (details !== null) {
    const there = details.recipients.filter(({ site }) => isMeant(site));
    const others = details.recipients.filter(({ site }) => site !== "" && !isMeant(site));
    attributes
      .set("size", String(details.sizeBytes))
      .set("arrived", String(details.arrivalSeconds))
      .set("sender", details.sender)
      .set("recipients", listText(there.map(({ address }) => address)))
      .set("recipients_count", String(there.length))
      .set("others", listText([...new Set(others.map(({ site }) => site))]));
  }
  return attributes.set("outcome", outcome);
}

function listText(names: readonly string[]): string {
  return names.slice(0, NAMED_MAX).join(",");
}
