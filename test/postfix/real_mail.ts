/**
 * Mail for the tests: sent to destinations that are down, so that it is deferred and recorded.
 */
import { logfileOf } from "../../lab/mail_queue.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";

/** Queue IDs by site, ascending. */
export type IdsBySite = Readonly<Record<string, readonly string[]>>;

/** A letter to one recipient at each of `sites`. */
export function letterTo(...sites: readonly string[]) {
  const to = sites.map((site) => `user@${site}`);
  return { from: "sender@origin.example", to, subject: `to ${sites.join(" and ")}` };
}

/** Sends `count` letters to each site, in turns; returns when all are deferred. */
export async function deferMail(
  instance: PostfixInstance,
  sites: readonly string[],
  count: number,
): Promise<IdsBySite> {
  const to = Array.from({ length: count }, () => sites).flat();
  const queue_ids = await instance.sendMail(to.map((site) => letterTo(site)));
  await instance.waitUntilDeferred(queue_ids);
  return Object.fromEntries(
    sites.map((site) => [site, queue_ids.filter((_, index) => to[index] === site).sort()]),
  );
}

/** What is recorded for a site: queue IDs, ascending, each once. */
export function recorded(instance: PostfixInstance, site: string): string[] {
  return [...new Set(instance.record().get(logfileOf(site)))].sort();
}

/** What waits in the deferred queue for each site, as the queue itself has it: IDs ascending. */
export async function deferredBySite(instance: PostfixInstance): Promise<IdsBySite> {
  const by_site: Record<string, string[]> = {};
  for (const message of await instance.queue()) {
    for (const { address } of message.queue_name === "deferred" ? message.recipients : []) {
      const site = address.slice(address.lastIndexOf("@") + 1);
      by_site[site] = [...(by_site[site] ?? []), message.queue_id].sort();
    }
  }
  return by_site;
}

/** The destination of a site that the instance was made with. */
function destinationOf(instance: PostfixInstance, site: string) {
  const destination = instance.destinations.get(site);
  if (destination === undefined) {
    throw new Error(`find the destination of ${site}: the instance was made without it`);
  }
  return destination;
}

/** All destinations come up. */
export async function allUp(instance: PostfixInstance): Promise<void> {
  await Promise.all([...instance.destinations.values()].map((each) => each.up()));
}

/** Queue IDs that arrived at a site, ascending. */
export function arrived(instance: PostfixInstance, site: string): string[] {
  return destinationOf(instance, site)
    .received()
    .map((message) => message.queue_id)
    .sort();
}

/** Waits until none of these messages is in the queue any more. */
export async function waitUntilGone(
  instance: PostfixInstance,
  queue_ids: readonly string[],
): Promise<void> {
  await instance.waitFor(`${queue_ids.length} messages to leave the queue`, async () => {
    const left = (await instance.queue()).map((message) => message.queue_id);
    return !queue_ids.some((queue_id) => left.includes(queue_id));
  });
}
