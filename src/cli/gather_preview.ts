/**
 * What a flush would do, from whoever can say it: the flush service of its record, the queue for the rest.
 *
 * Sites are the service's to tell; where the original answers, and for sites that it keeps no log for, they are looked
 * up among deferred mail, and so is what is below a domain. Other selections are always looked up there. A message is
 * told once.
 */
import { siteBatches } from "../client/site_batches.ts";
import { parseQueueId } from "../names/names.ts";
import { QueueIdSet } from "../names/queue_id_set.ts";
import { siteNames as siteNamesOf } from "../wire/site_list.ts";
import { type Choice, siteFilter } from "./chosen_mail.ts";
import { previewChosen } from "./chosen_preview.ts";
import type { CommandTools } from "./command_tools.ts";
import { countText, printable } from "./printable.ts";
import { type RunOptions, runRequests, type Sum, tellItem } from "./run_requests.ts";

/** So many sites without a log are named. */
const NAMED_MAX = 5;

/** Tells the messages, and returns the sums. */
export async function gatherPreview(
  tools: CommandTools,
  choice: Choice,
  options: RunOptions,
): Promise<Sum> {
  const { selection } = choice;
  if (selection.kind !== "sites") {
    return await fromQueue(tools, choice, options, new QueueIdSet(), null);
  }
  const told = new QueueIdSet();
  const requests = selection.lists.map((sites) => ({ name: "preview", sites }) as const);
  const sum = await runRequests(tools, requests, {
    ...options,
    onEach: ({ attributes }) => {
      const id = parseQueueId(attributes.get("queue_id") ?? "");
      if (id !== null) {
        told.add(id);
      }
    },
  });
  if (sum.isOriginal) {
    return await fromQueue(tools, choice, options, told, null);
  }
  const isOfRest = restFilter(choice, selection.lists, sum);
  if (sum.failure !== null || isOfRest === null) {
    return sum;
  }
  tellUnrecorded(tools, sum);
  const rest = await fromQueue(tools, choice, options, told, isOfRest);
  return { ...rest, totals: addTotals(sum.totals, rest.totals), hasFailed: sum.hasFailed };
}

/**
 * Destinations that the service may not have told all mail of: those that it keeps no log for, and what is below a
 * domain, of which it tells what it has recorded. Null: there are none.
 */
export function restFilter(
  { siteNames }: Choice,
  lists: readonly string[],
  { refused }: Sum,
): ((site: string) => boolean) | null {
  const domains = lists.flatMap(siteNamesOf).filter((name) => name.startsWith("@"));
  const names = [...refused.map(({ site }) => site), ...domains];
  return names.length === 0 ? null : siteFilter(siteNames, siteBatches(names));
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
  isOfSite: ((site: string) => boolean) | null,
): Promise<Sum> {
  const chosen = await choice.open();
  const messages = isOfSite === null ? chosen.messages() : chosen.messages(isOfSite);
  const totals = previewChosen(chosen, messages, told, (item) => tellItem(tools, options, item));
  if (chosen.unreadableCount > 0) {
    const files = countText(chosen.unreadableCount, "file");
    tools.terminal.err(
      `${files} in the deferred queue can't be read as a message: for whom, nobody can tell.\n`,
    );
  }
  return { totals, hasFailed: false, refused: [], failure: null, isOriginal: false };
}
