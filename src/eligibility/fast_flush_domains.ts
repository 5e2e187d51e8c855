/**
 * fast_flush_domains as it is configured: the list, and whether its names match their subdomains, which another
 * parameter says. Throws Fatal where the original would die.
 */
import { compileDomainList, type DomainList, isOutside, parentDomainMatch } from "./domain_list.ts";
import type { ListSource } from "./list_entries.ts";

const PARAMETER = "fast_flush_domains";

/** The expanded values of the two parameters, byte strings. */
export interface FastFlushValues {
  readonly fastFlushDomains: string;
  readonly parentDomainMatchesSubdomains: string;
}

/** Reads the list, and the other one that says how. */
export function readFastFlushDomains(
  tools: Omit<ListSource, "parameterName" | "text">,
  { fastFlushDomains, parentDomainMatchesSubdomains }: FastFlushValues,
): DomainList {
  const matchParents = parentDomainMatch(PARAMETER, {
    ...tools,
    parameterName: "parent_domain_matches_subdomains",
    text: parentDomainMatchesSubdomains,
  });
  const { match, mayChange } = compileDomainList({
    ...tools,
    parameterName: PARAMETER,
    text: fastFlushDomains,
    matchParents,
  });
  return { match, mayChange: mayChange || isOutside(parentDomainMatchesSubdomains) };
}
