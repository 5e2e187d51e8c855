/**
 * The destinations that a request of our own is about, as a client writes them. Pure.
 *
 * Names are separated by blanks or commas. `@domain` means the domain and everything below it, as in
 * RFC 1985; any other name is one site. What a name means (its case, its IDNA form, whether there is such a
 * site) is not judged here. An empty list is well-formed: it is for the request to say what it means.
 */
import { type SiteName, siteName } from "../names/names.ts";

/** What was selected; each name once, in the order in which it came. */
export interface SiteSelection {
  readonly sites: readonly SiteName[];
  /** Without the `@`. */
  readonly domains: readonly SiteName[];
}

/** Longest name in bytes: a domain name has at most 253, in UTF-8 a few times that. */
export const SITE_BYTES_MAX = 1024;

/** Most names in one list: each may be a logfile to open. Who has more asks several times. */
export const SITES_MAX = 1000;

const SEPARATORS = /[ \t\r\n,]+/;
const DOMAIN_MARK = "@";

/** The names of a list, as they were written, in their order. */
export function siteNames(text: string): string[] {
  return text.split(SEPARATORS).filter((name) => name !== "");
}

/** A name that is the address of a host, as `user@[192.0.2.1]` has it, or looks like one: there is no log for such a site. */
export function isAddress(name: string): boolean {
  return /^@?(?:\[.*\]|[0-9.]+)$/.test(name);
}

/** Reads a list; null where a name has an `@` that is not its first byte, nothing behind it, or a limit is passed. */
export function parseSiteList(text: string): SiteSelection | null {
  const names = new Set(siteNames(text));
  if (names.size > SITES_MAX) {
    return null;
  }
  const sites: SiteName[] = [];
  const domains: SiteName[] = [];
  for (const word of names) {
    const isDomain = word.startsWith(DOMAIN_MARK);
    const name = isDomain ? word.slice(DOMAIN_MARK.length) : word;
    if (name === "" || name.length > SITE_BYTES_MAX || name.includes(DOMAIN_MARK)) {
      return null;
    }
    (isDomain ? domains : sites).push(siteName(name));
  }
  return { sites, domains };
}
