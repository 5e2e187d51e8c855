/**
 * Whose mail a flush is for: tells a recipient's domain that belongs from one that doesn't.
 *
 * Domains are compared after case folding and IDNA, so that `a-b.example` and `a.b.example`, which share a
 * logfile, are two. Pure.
 */
import type { SiteName } from "../names/names.ts";
import type { FlushTools } from "./flush_tools.ts";

/** Whether a domain, a byte string as it stands in a queue file, belongs. */
export type SiteChoice = (domain: string) => boolean;

/** What is needed of the tools. */
type ChoiceTools = Pick<FlushTools, "canonicalDomain">;

/** The one site. */
export function chooseSite(tools: ChoiceTools, site: SiteName): SiteChoice {
  const wanted = tools.canonicalDomain(site);
  return (domain) =>
    domain === wanted || (wanted !== null && tools.canonicalDomain(domain) === wanted);
}

/** The domain and everything below it: what `@domain` means in RFC 1985. */
export function chooseDomain(tools: ChoiceTools, top: SiteName): SiteChoice {
  const wanted = tools.canonicalDomain(top);
  const below = `.${wanted}`;
  return (domain) => {
    const canonical = tools.canonicalDomain(domain);
    return (
      canonical !== null && (canonical === wanted || (wanted !== null && canonical.endsWith(below)))
    );
  };
}

/** Any of these. */
export function chooseAny(choices: readonly SiteChoice[]): SiteChoice {
  return (domain) => choices.some((isChosen) => isChosen(domain));
}
