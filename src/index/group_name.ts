/**
 * The groups that waiting recipients count in: their names, and who is in one. Pure.
 */
import type { GroupBy, MailFilter, WaitingRecipient } from "./deferred_mail.ts";
import { parentDomain } from "./parent_domain.ts";
import { relayOf } from "./reason_text.ts";

/** What a filter is asked about begins with it, where it is known. */
const STATUS = /^[245]\.\d{1,3}\.\d{1,3} /;

/** Empty: it has none. */
export function groupNameOf(by: GroupBy, { site, reason }: WaitingRecipient): string {
  switch (by) {
    case "site":
      return site;
    case "parent":
      return parentDomain(site);
    case "relay":
      return relayOf(reason);
  }
}

/** Lets through the recipients of one group; by relay perhaps others too, as a filter sees status and reason as one text. */
export function groupFilter(by: GroupBy, name: string): MailFilter {
  const filter = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };
  switch (by) {
    case "site":
      return { ...filter, isOfSite: (site) => site === name };
    case "parent":
      return { ...filter, isOfSite: (site) => parentDomain(site) === name };
    case "relay":
      return { ...filter, isOfReason: (text) => relayOf(text.replace(STATUS, "")) === name };
  }
}
