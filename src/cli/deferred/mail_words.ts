/**
 * How list, histogram and show put deferred mail into words. Pure.
 */
import type { GroupBy } from "../../index/deferred_mail.ts";
import { ageText, countText, printable } from "../printable.ts";

/** What mail can be grouped by, with the heading and the words for those that have none. */
export const GROUPINGS: Readonly<
  Record<GroupBy, { readonly heading: string; readonly nameless: string; readonly noun: string }>
> = {
  site: { heading: "DESTINATION", nameless: "(no domain)", noun: "destination" },
  parent: { heading: "PARENT DOMAIN", nameless: "(no domain)", noun: "parent domain" },
  relay: { heading: "RELAY", nameless: "(no host named)", noun: "relay" },
};

/** Their names, for the command line. */
export const GROUPS_BY = Object.keys(GROUPINGS) as readonly GroupBy[];

/** A destination's name in a cell. */
export function groupText(by: GroupBy, name: string): string {
  return name === "" ? GROUPINGS[by].nameless : printable(name);
}

/** When the queue manager tries a message again: `in 5 min`, or `due`. */
export function nextTryText(nextTrySeconds: number, nowSeconds: number): string {
  const waitSeconds = nextTrySeconds - nowSeconds;
  return waitSeconds <= 0 ? "due" : `in ${ageText(waitSeconds)}`;
}

/** A reason in a cell: a byte string, empty where none is known. */
export function reasonText(reason: string): string {
  return reason === "" ? "reason not known" : printable(reason);
}

/** What is said where there is nothing of what was asked for. */
export function nothingText(queryText: string): string {
  return queryText === ""
    ? "No mail is deferred.\n"
    : `No deferred mail matches: messages ${queryText}.\n`;
}

/** How many lines are left out, and how to see them. */
export function omittedText(count: number, shownCount: number, noun: string): string {
  return `And ${countText(count - shownCount, `more ${noun}`)}: --limit ${count} shows all, and so does --json.\n`;
}
