/**
 * The sites of a command line: checked, and as lists for requests. A wrong one is an error of usage.
 *
 * A final dot, as in DNS, is dropped: recipients' domains have none.
 */
import { malformedSite, siteBatches } from "../client/site_batches.ts";
import { hasWildcard, withoutFinalDot } from "../index/site_pattern.ts";
import { encodeUtf8 } from "../names/byte_string.ts";
import { siteNames } from "../wire/site_list.ts";
import { CommandError, EXIT } from "./exit_status.ts";
import { printable } from "./printable.ts";

const SITES_ARE =
  "Sites are domains, as in example.com, or @example.com for the domain and everything below it";

/** The names, each once, in their order. */
export function namedSites(words: readonly string[]): string[] {
  const names = words.map(encodeUtf8).flatMap(siteNames);
  return [...new Set(names.map(withoutFinalDot))];
}

/** Lists of sites; one empty list where no sites are named. */
export function siteLists(words: readonly string[]): string[] {
  const names = namedSites(words);
  const malformed = malformedSite(names);
  if (malformed !== null) {
    throw new CommandError(
      EXIT.usage,
      `"${printable(malformed)}" is no site. ${SITES_ARE}; separated by blanks or commas.`,
    );
  }
  const pattern = names.find(hasWildcard);
  if (pattern !== undefined) {
    throw new CommandError(
      EXIT.usage,
      `"${printable(pattern)}" is a pattern, and not a site. ${SITES_ARE}.`,
    );
  }
  return siteBatches(names);
}

/** The same where there must be one, and where patterns are given by an option: `--match`. */
export function someSiteLists(words: readonly string[]): string[] {
  const pattern = namedSites(words).find(hasWildcard);
  if (pattern !== undefined) {
    throw new CommandError(
      EXIT.usage,
      `"${printable(pattern)}" is a pattern: give it with --match. Nothing was done.`,
    );
  }
  const lists = siteLists(words);
  if (lists[0] === "") {
    throw new CommandError(
      EXIT.usage,
      `No site is named. ${SITES_ARE}; fastflush sites shows what is recorded.`,
    );
  }
  return lists;
}
