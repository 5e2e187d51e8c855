/**
 * Names of sites as an operator gives them, checked, and put into lists that fit into a request each. Pure.
 *
 * All is in byte strings. An argument may hold several names, as a list in a request may.
 */
import { parseSiteList, SITES_MAX, siteNames } from "../wire/site_list.ts";

/** A request has at most 8,192 bytes; beside the sites there are attribute names and the reason. */
const LIST_BYTES_MAX = 6 * 1024;

/** The first name that can't be one; null: none is wrong, as far as can be told without the service. */
export function malformedSite(args: readonly string[]): string | null {
  const isMalformed = (name: string): boolean =>
    name.includes("\0") || parseSiteList(name) === null;
  return args.flatMap(siteNames).find(isMalformed) ?? null;
}

/** Lists for requests, in the order given, each name once. No names: one empty list. */
export function siteBatches(args: readonly string[]): string[] {
  const batches: string[][] = [[]];
  let bytes = 0;
  for (const name of new Set(args.flatMap(siteNames))) {
    const batch = batches.at(-1) ?? [];
    const isFull = bytes + name.length >= LIST_BYTES_MAX || batch.length === SITES_MAX;
    if (isFull) {
      batches.push([name]);
      bytes = 0;
    } else {
      batch.push(name);
    }
    bytes += name.length + 1;
  }
  return batches.map((batch) => batch.join(","));
}
