/**
 * Which mail a command is about, as its command line says: sites, patterns of sites, queue IDs, or all that is
 * deferred. One kind at a time; anything else is an error of usage.
 */
import type { Command } from "commander";
import { isSitePattern } from "../../index/site_pattern.ts";
import { encodeUtf8 } from "../../names/byte_string.ts";
import { parseQueueId, type QueueId } from "../../names/names.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { printable, printableText } from "../printable.ts";
import { someSiteLists } from "../site_arguments.ts";

/** What was selected. */
export type Selection =
  /** Lists for requests, each of names and `@` domains. */
  | { readonly kind: "sites"; readonly lists: readonly string[] }
  /** Patterns of site_pattern.ts. */
  | { readonly kind: "match"; readonly patterns: readonly string[] }
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

/** Adds the argument and the options that select; `all` says what --all means. */
export function addSelection(command: Command, all = "all deferred mail"): Command {
  return command
    .argument("[site...]", "a domain, or @domain for it and everything below it")
    .option(
      "--match <pattern>",
      "the sites that fit, as in '*.example.com' or '*yahoo*'; may be repeated",
      (pattern: string, before: string[] | undefined) => [...(before ?? []), pattern],
    )
    .option("--id <id...>", "messages by their queue IDs")
    .option("--all", all);
}

/** What was selected, as it was written: a byte string for the log. */
export function selectedText(
  sites: readonly string[],
  { match = [], id = [], all = false }: SelectionOptions,
): string {
  const words = [
    ...sites,
    ...match.map((pattern) => `--match ${pattern}`),
    ...(id.length > 0 ? [`--id ${id.join(" ")}`] : []),
    ...(all ? ["--all"] : []),
  ];
  return encodeUtf8(words.join(" "));
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
    return { kind: "match", patterns: parsePatterns(match) };
  }
  return id.length > 0
    ? { kind: "ids", ids: parseIds(id) }
    : { kind: "sites", lists: someSiteLists(sites) };
}

function parsePatterns(texts: readonly string[]): string[] {
  const patterns = texts.flatMap((text) => encodeUtf8(text).split(/[\s,]+/)).filter(Boolean);
  const malformed = patterns.find((pattern) => !isSitePattern(pattern));
  if (malformed !== undefined || patterns.length === 0) {
    throw new CommandError(
      EXIT.usage,
      `"${printable(malformed ?? "")}" is no pattern of sites. Patterns are as in '*.example.com', '*yahoo*' or ` +
        "'mx?.example.com'; several are separated by blanks or commas. Nothing was done.",
    );
  }
  return patterns;
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
