/**
 * What a flush would do, from whoever can say it: the flush service of its record, the queue for the rest.
 *
 * Sites are the service's to tell, as far as it has recorded them; what else is deferred for them is looked up in the
 * queue: where the original answers all, and with ours what it keeps no log for, or has missed. Other selections are
 * always looked up there. A message is told once.
 */
import type { ReportItem } from "../../client/ask.ts";
import { parseQueueId } from "../../names/names.ts";
import { QueueIdSet } from "../../names/queue_id_set.ts";
import type { CommandTools } from "../command_tools.ts";
import { countText, printable } from "../printable.ts";
import { type RunOptions, runRequests, type Sum, tellItem } from "../run_requests.ts";
import type { Choice } from "./chosen_mail.ts";
import { previewChosen } from "./chosen_preview.ts";

/** So many sites without a log are named. */
const NAMED_MAX = 5;

/** Tells the messages, adds them to `told`, and returns the sums. */
export async function gatherPreview(
  tools: CommandTools,
  choice: Choice,
  options: RunOptions,
  told = new QueueIdSet(),
): Promise<Sum> {
  const { selection } = choice;
  if (selection.kind !== "sites") {
    return await fromQueue(tools, choice, options, told);
  }
  const requests = selection.lists.map((sites) => ({ name: "preview", sites }) as const);
  const sum = await runRequests(tools, requests, {
    ...options,
    onEach: (item) => addTo(told, item),
  });
  if (sum.failure !== null && !sum.isOriginal) {
    return sum;
  }
  tellUnrecorded(tools, sum);
  const rest = await fromQueue(tools, choice, options, told);
  return { ...rest, totals: addTotals(sum.totals, rest.totals), hasFailed: sum.hasFailed };
}

/** Says of which sites the service has no log. */
export function tellUnrecorded({ terminal }: CommandTools, { refused }: Sum): void {
  for (const [why, sites] of Map.groupBy(refused, (each) => each.why)) {
    const named = sites.slice(0, NAMED_MAX).map(({ site }) => printable(site));
    const more = sites.length - named.length;
    const rest = more > 0 ? ` and ${countText(more, "more site")}` : "";
    terminal.err(`${named.join(", ")}${rest}: ${why}: looked up in the deferred queue instead.\n`);
  }
}

/** Totals of two kinds, added up. */
export function addTotals(one: Sum["totals"], other: Sum["totals"]): Sum["totals"] {
  const sum = new Map(one ?? []);
  for (const [name, value] of other ?? []) {
    sum.set(name, (sum.get(name) ?? 0) + value);
  }
  return sum;
}

async function fromQueue(
  tools: CommandTools,
  choice: Choice,
  options: RunOptions,
  told: QueueIdSet,
): Promise<Sum> {
  const chosen = await choice.open();
  const totals = previewChosen(chosen, told, (item) => {
    addTo(told, item);
    tellItem(tools, options, item);
  });
  choice.tellUnreadable();
  return { totals, hasFailed: false, refused: [], failure: null, isOriginal: false };
}

function addTo(told: QueueIdSet, { attributes }: ReportItem): void {
  const id = parseQueueId(attributes.get("queue_id") ?? "");
  if (id !== null) {
    told.add(id);
  }
}
