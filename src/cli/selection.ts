/**
 * Which mail a command is about, as its command line says: sites, patterns of sites, queue IDs, or all that is
 * deferred. One kind at a time; anything else is an error of usage.
 */
import type { Command } from "commander";
import { encodeUtf8 } from "../names/byte_string.ts";
import { parseQueueId, type QueueId } from "../names/names.ts";
import { CommandError, EXIT } from "./exit_status.ts";
import { printableText } from "./printable.ts";
import { someSiteLists } from "./site_arguments.ts";
import { compileGlob } from "./site_glob.ts";

/** What was selected. */
export type Selection =
  /** Lists for requests, each of names and `@` domains. */
  | { readonly kind: "sites"; readonly lists: readonly string[] }
  | { readonly kind: "match"; readonly isMatch: (site: string) => boolean }
  | { readonly kind: "ids"; readonly ids: readonly QueueId[] }
  | { readonly kind: "all" };

/** The options that select, as commander gives them. */
export interface SelectionOptions {
  readonly match?: readonly string[];
  readonly id?: readonly string[];
  readonly all?: boolean;
}

const KINDS =
  "Name sites (example.com, @example.com), or give --match PATTERN, --id ID or --all: one kind at a time.";

/** Adds the argument and the options that select. */
export function addSelection(command: Command): Command {
  return command
    .argument("[site...]", "a domain, or @domain for it and everything below it")
    .option(
      "--match <pattern>",
      "the sites that fit, as in '*.example.com' or '*yahoo*'; may be repeated",
      (pattern: string, before: string[] | undefined) => [...(before ?? []), pattern],
    )
    .option("--id <id...>", "messages by their queue IDs")
    .option("--all", "all deferred mail");
}

/** Makes the selection. Throws CommandError. */
export function parseSelection(
  sites: readonly string[],
  { match = [], id = [], all = false }: SelectionOptions,
): Selection {
  const kinds = [sites.length > 0, match.length > 0, id.length > 0, all];
  const count = kinds.filter((isGiven) => isGiven).length;
  if (count !== 1) {
    const what = count === 0 ? "No mail is selected." : "Mail is selected in more than one way.";
    throw new CommandError(EXIT.usage, `${what} ${KINDS} Nothing was done.`);
  }
  if (all) {
    return { kind: "all" };
  }
  if (match.length > 0) {
    const globs = match.map(parsePattern);
    return { kind: "match", isMatch: (site) => globs.some((fits) => fits(site)) };
  }
  return id.length > 0
    ? { kind: "ids", ids: parseIds(id) }
    : { kind: "sites", lists: someSiteLists(sites) };
}

function parsePattern(text: string): (site: string) => boolean {
  const glob = compileGlob(encodeUtf8(text));
  if (glob === null) {
    throw new CommandError(
      EXIT.usage,
      `"${printableText(text)}" is no pattern. Patterns are those of a shell, as in '*.example.com', '*yahoo*' or ` +
        "'mx[1-3].example.com'. Nothing was done.",
    );
  }
  return glob;
}

function parseIds(words: readonly string[]): QueueId[] {
  const ids = new Set<QueueId>();
  for (const word of words.flatMap((text) => text.split(/[\s,]+/)).filter((text) => text !== "")) {
    const id = parseQueueId(word);
    if (id === null) {
      throw new CommandError(
        EXIT.usage,
        `"${printableText(word)}" is no queue ID. Queue IDs are letters and digits, as the mail log and ` +
          "postqueue -p show them; several are separated by blanks or commas. Nothing was done.",
      );
    }
    ids.add(id);
  }
  if (ids.size === 0) {
    throw new CommandError(EXIT.usage, "No queue ID is given behind --id. Nothing was done.");
  }
  return [...ids];
}
