/**
 * The sites of a command line: checked, and as lists for requests. A wrong one is an error of usage.
 */
import { malformedSite, siteBatches } from "../client/site_batches.ts";
import { encodeUtf8 } from "../names/byte_string.ts";
import { CommandError, EXIT } from "./exit_status.ts";
import { printable } from "./printable.ts";

/** Lists of sites; one empty list where no sites are named. */
export function siteLists(words: readonly string[]): string[] {
  const args = words.map(encodeUtf8);
  const malformed = malformedSite(args);
  if (malformed !== null) {
    throw new CommandError(
      EXIT.usage,
      `"${printable(malformed)}" is no site. Sites are domains, as in example.com, or @example.com for the ` +
        "domain and everything below it; separated by blanks or commas.",
    );
  }
  return siteBatches(args);
}

/** The same where there must be one. */
export function someSiteLists(words: readonly string[]): string[] {
  const lists = siteLists(words);
  if (lists[0] === "") {
    throw new CommandError(
      EXIT.usage,
      "No site is named. Sites are domains, as in example.com, or @example.com for the domain and everything " +
        "below it; fastflush sites shows what is recorded.",
    );
  }
  return lists;
}
