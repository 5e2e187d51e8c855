/**
 * The domain of a name that was registered with a registry, by the public suffix list: of `mail.example.co.uk`,
 * `example.co.uk`. Pure.
 *
 * A name that is no registered one and below none stands for itself: an address literal, a single label, a public
 * suffix, and whatever ends in something that no registry has, as the names of a company's own network do.
 */
import { parse } from "tldts";

/** Names are canonical domains; and who lets others have names below his own domain is not a registry here. */
const OPTIONS = {
  extractHostname: false,
  validateHostname: false,
  allowIcannDomains: true,
  allowPrivateDomains: false,
} as const;

/** The registered domain of a site; the site itself where it has none. */
export function parentDomain(site: string): string {
  if (site.startsWith("[")) {
    return site;
  }
  const { domain, isIcann } = parse(site, OPTIONS);
  return domain !== null && isIcann === true ? domain : site;
}
