/**
 * What is selected in `fastflush top`, as mail to be released: exactly what was shown, and nothing that a name may mean
 * besides. Pure.
 */
import { malformedSite, siteBatches } from "../../client/site_batches.ts";
import type { DeferredMail, GroupBy, MailFilter } from "../../index/deferred_mail.ts";
import { parentDomain } from "../../index/parent_domain.ts";
import { hasWildcard } from "../../index/site_pattern.ts";
import { parseQueueId } from "../../names/names.ts";
import { siteNames } from "../../wire/site_list.ts";
import type { Selection } from "../release/selection.ts";

const ALL_MAIL: MailFilter = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };

/** One message. */
export function messageSelection(queueId: string): Selection {
  return byIds([queueId]);
}

/**
 * A destination: by its site, or the sites that it stands for; message by message where it is a relay, or a site that no
 * list can name.
 */
export function destinationSelection(mail: DeferredMail, by: GroupBy, name: string): Selection {
  const sites = sitesOf(mail, by, name);
  return sites.length > 0 && sites.every(isNameable)
    ? { kind: "sites", lists: siteBatches(sites) }
    : byIds(queueIdsOf(mail, by, name));
}

function sitesOf(mail: DeferredMail, by: GroupBy, name: string): readonly string[] {
  switch (by) {
    case "site":
      return [name];
    case "parent":
      return mail
        .groups("site", ALL_MAIL)
        .map((group) => group.name)
        .filter((site) => parentDomain(site) === name);
    case "relay":
      return [];
  }
}

/** In a list it means itself, and nothing else. */
function isNameable(site: string): boolean {
  const [first] = siteNames(site);
  return (
    first === site && !site.startsWith("@") && !hasWildcard(site) && malformedSite([site]) === null
  );
}

function queueIdsOf(mail: DeferredMail, by: GroupBy, name: string): readonly string[] {
  const ids: string[] = [];
  mail.memberships(by, (queueId, groups) => {
    if (groups.includes(name)) {
      ids.push(queueId);
    }
  });
  return ids.sort();
}

function byIds(queueIds: readonly string[]): Selection {
  return { kind: "ids", ids: queueIds.flatMap((id) => parseQueueId(id) ?? []) };
}
