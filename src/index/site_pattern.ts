/**
 * Patterns of sites, as an operator types them: `example.com`, `@example.com` for it and everything below it, and
 * `*.example.com` as in a shell, where `*` stands for any characters, dots too, and `?` for one. Pure.
 *
 * Letters of either case match, and names in any script: `bücher.example` is `xn--bcher-kva.example`. A label that has
 * a wildcard in it is compared as it is, and a final dot is dropped. A pattern whose name can't exist matches nothing.
 * All text is byte strings.
 */
import { CanonicalDomains } from "../record/canonical_domain.ts";

/** A name's characters, and wildcards; an address literal in brackets. Any bytes that are not ASCII may be a name. */
const PATTERN = /^(?:@?[a-z0-9._*?\x80-\xff-]{1,255}|\[[a-z0-9.:_-]{1,255}\])$/i;
const WILDCARD = /[*?]/;

/** Says of a site in its canonical form whether it is meant. */
export type SiteMatcher = (site: string) => boolean;

/** Whether a word is a pattern at all. */
export function isSitePattern(word: string): boolean {
  return PATTERN.test(word) && !(word.startsWith("@") && WILDCARD.test(word));
}

/** Whether a pattern has wildcards: it is no site that the flush service knows then. */
export function hasWildcard(pattern: string): boolean {
  return WILDCARD.test(pattern);
}

/** A name without the dot that it may end in, as in DNS: recipients' domains have none. `*.` stays what it is. */
export function withoutFinalDot(name: string): string {
  return /[^@.*?]\.$/.test(name) ? name.slice(0, -1) : name;
}

/** Matches what any of these patterns does. `idna2003`: enable_idna2003_compatibility. */
export function siteMatcher(patterns: readonly string[], idna2003: boolean): SiteMatcher {
  const domains = new CanonicalDomains(idna2003);
  const matchers = patterns.map((pattern) => matcherOf(pattern, domains));
  return (site) => matchers.some((matches) => matches(site));
}

function matcherOf(word: string, domains: CanonicalDomains): SiteMatcher {
  const pattern = withoutFinalDot(word);
  if (hasWildcard(pattern)) {
    const labels = pattern.split(".");
    const name = labels.map((label) => (hasWildcard(label) ? label : domains.of(label))).join(".");
    return globMatcher(name.toLowerCase());
  }
  const isTree = pattern.startsWith("@");
  const domain = domains.of(isTree ? pattern.slice(1) : pattern);
  if (domain === null || domain === "") {
    return () => false;
  }
  return (site) => site === domain || (isTree && site.endsWith(`.${domain}`));
}

/** Follows the site from left to right, and goes back to the last `*` alone: linear but for that one. */
function globMatcher(glob: string): SiteMatcher {
  return (site) => {
    let inGlob = 0;
    let star = -1;
    let behindStar = 0;
    for (let inSite = 0; inSite < site.length; ) {
      const character = glob[inGlob];
      if (character === "*") {
        star = inGlob++;
        behindStar = inSite;
      } else if (character === "?" || character === site[inSite]) {
        inGlob++;
        inSite++;
      } else if (star >= 0) {
        inGlob = star + 1;
        inSite = ++behindStar;
      } else {
        return false;
      }
    }
    return /^\**$/.test(glob.slice(inGlob));
  };
}
