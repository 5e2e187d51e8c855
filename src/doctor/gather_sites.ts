/**
 * Looks sites up in fast_flush_domains, as the service does, whichever service runs.
 */
import { Fatal } from "../effects/fatal.ts";
import type { Log } from "../effects/log.ts";
import { compileDomainList, parentDomainMatch } from "../eligibility/domain_list.ts";
import { siteName } from "../names/names.ts";
import type { Machine } from "./machine.ts";
import type { Configuration, SiteFacts } from "./set_up.ts";

/** What is wrong with lists and tables is told by other checks. */
const QUIET: Log = { verbosity: 0, info: () => {}, warning: () => {}, error: () => {} };

const PARAMETER = "fast_flush_domains";

/** Whether each of these sites is recorded; `@domain` is about the domain itself. */
export function gatherSites(
  { textFiles }: Machine,
  { values }: Configuration,
  sites: readonly string[],
): SiteFacts[] {
  const common = {
    foldUtf8: values.smtputf8_enable === "yes",
    textFiles,
    log: QUIET,
    openErrorIsFatal: false,
  };
  try {
    const matchParents = parentDomainMatch(PARAMETER, {
      ...common,
      parameterName: "parent_domain_matches_subdomains",
      text: values.parent_domain_matches_subdomains,
    });
    const text = values.fast_flush_domains;
    const list = compileDomainList({ ...common, parameterName: PARAMETER, text, matchParents });
    return sites.map((site) => ({ site, answer: list.match(siteName(site.replace(/^@/, ""))) }));
  } catch (caught) {
    if (!(caught instanceof Fatal)) {
      throw caught;
    }
    return sites.map((site) => ({ site, answer: "error" }));
  }
}
