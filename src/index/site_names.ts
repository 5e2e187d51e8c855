/**
 * Destinations as operators name them, compared with those of deferred mail: whatever the case, in UTF-8 or IDNA form.
 * All text is byte strings. Pure.
 */
import { domainOf } from "../queue/domain_of.ts";
import { CanonicalDomains } from "../record/canonical_domain.ts";

/** What was named: as in a request's list of sites. */
interface Named {
  readonly sites: readonly string[];
  /** With everything below them. */
  readonly domains: readonly string[];
}

export class SiteNames {
  readonly #canonical: CanonicalDomains;

  /** `idna2003`: enable_idna2003_compatibility. */
  constructor(idna2003: boolean) {
    this.#canonical = new CanonicalDomains(idna2003);
  }

  /** The destination of an address, as DeferredMail has it; empty: it has none. */
  siteOf(address: string): string {
    const domain = domainOf(address);
    return domain === null ? "" : (this.#canonical.of(domain) ?? "");
  }

  /** Whether a destination is one of these; a name that can't be a destination's is none. */
  isAmong({ sites, domains }: Named): (site: string) => boolean {
    const canonical = (name: string): string[] => {
      const form = this.#canonical.of(name);
      return form === null || form === "" ? [] : [form];
    };
    const exact = new Set(sites.flatMap(canonical));
    const tops = new Set(domains.flatMap(canonical));
    return (site) => exact.has(site) || (tops.size > 0 && isBelow(site, tops));
  }
}

/** Whether a domain is one of these, or below one. */
function isBelow(site: string, tops: ReadonlySet<string>): boolean {
  for (let rest = site; ; ) {
    if (tops.has(rest)) {
      return true;
    }
    const dot = rest.indexOf(".");
    if (dot === -1) {
      return false;
    }
    rest = rest.slice(dot + 1);
  }
}
