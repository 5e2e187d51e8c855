/**
 * The destinations that a command line of `watch` means, in the form in which they are compared: those that are named,
 * and of `@DOMAIN` those that have deferred mail when the command looks.
 */
import { parseSiteList } from "../../wire/site_list.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { countText, numberText } from "../printable.ts";
import type { Choice } from "../release/chosen_mail.ts";

/** Each has tries of its own: more than so many are no longer gentle to anybody. */
const SITES_MAX = 100;

/** The destinations, each once, A to Z. Throws CommandError where they are none or too many. */
export async function watchedSites(choice: Choice, lists: readonly string[]): Promise<string[]> {
  const named = lists.flatMap((list) => parseSiteList(list)?.sites ?? []);
  const exact = named.map((name) => choice.siteNames.siteOf(`x@${name}`)).filter(Boolean);
  const { sites } = await choice.open();
  const all = [...new Set([...exact, ...sites])].filter((site) => site !== "").sort();
  if (all.length === 0) {
    throw new CommandError(
      EXIT.found,
      "No deferred mail is for these: there is nothing to wait for.",
    );
  }
  if (all.length > SITES_MAX) {
    throw new CommandError(
      EXIT.usage,
      `${countText(all.length, "destination")} are too many to watch: at most ${numberText(SITES_MAX)} are possible. ` +
        "Nothing was done.",
    );
  }
  return all;
}
