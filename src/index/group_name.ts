/**
 * The name of the group that a waiting recipient counts in. Pure.
 */
import type { GroupBy, WaitingRecipient } from "./deferred_mail.ts";
import { parentDomain } from "./parent_domain.ts";
import { relayOf } from "./reason_text.ts";

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
