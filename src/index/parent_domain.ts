/**
 * The domain of a name that was registered with a registry, by the public suffix list: of `mail.example.co.uk`,
 * `example.co.uk`. Pure.
 *
 * Where the list has no rule for a name, the last label is its suffix, as the list itself says: of `mx.corp.internal`,
 * `corp.internal`. A name that is below no suffix stands for itself: an address, a single label, a public suffix.
 */
import type * as Tldts from "tldts";

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
  const { domain } = loadTldts().parse(site, OPTIONS);
  // An empty label is nobody's name.
  return domain === null || domain.startsWith(".") ? site : domain;
}

/** Loaded when it is first needed: the list takes some ten milliseconds, of commands that mostly don't ask for it. */
function loadTldts(): typeof Tldts {
  return require("tldts") as typeof Tldts;
}
