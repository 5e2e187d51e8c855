/**
 * Which deferred mail a command is about: patterns of sites, `--older`, `--reason` and `--limit`, as list, histogram and
 * show take them. Checked before anything is looked at: a wrong one is an error of usage.
 */
import { type Command, Option } from "commander";
import { wallSeconds } from "../../effects/clock.ts";
import type { MailFilter } from "../../index/deferred_mail.ts";
import { isSitePattern, type SiteMatcher, siteMatcher } from "../../index/site_pattern.ts";
import { decodeUtf8, encodeUtf8 } from "../../names/byte_string.ts";
import type { CommandTools } from "../command_tools.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { JSON_OPTION } from "../help_texts.ts";
import { printable, printableText } from "../printable.ts";
import { parseTime } from "../time_argument.ts";
import { GROUPS_BY } from "./mail_words.ts";

/** What commander makes of the options. */
export interface QueryOptions {
  readonly older?: string;
  readonly reason?: string;
  readonly limit?: string;
  readonly json?: true;
}

/** What was asked for. */
export interface MailQuery {
  /** Byte strings, all well-formed; none: all sites. */
  readonly patterns: readonly string[];
  readonly olderThanSeconds: number | null;
  readonly reason: RegExp | null;
  /** At most so many lines, or messages; null: as many as the command shows by itself. */
  readonly limit: number | null;
  /** What was asked for, for who reads that there is none; empty: all. */
  readonly text: string;
}

const PATTERN_HELP =
  "a domain, @domain for it and everything below it, or a pattern such as '*.example.com'";

/** Adds the argument and the options; `shown` is what there are at most so many of, and how many unless said otherwise. */
export function addQueryOptions(
  command: Command,
  argument: "[pattern...]" | "<pattern...>",
  shown: string,
): Command {
  return command
    .argument(argument, PATTERN_HELP)
    .option("--limit <number>", `at most so many ${shown}`)
    .option(
      "--older <time>",
      "only messages that arrived so long ago or longer: 90s, 30m, 2h, 1d, 1w",
    )
    .option("--reason <regex>", "only recipients whose reason matches, in letters of either case")
    .option(...JSON_OPTION)
    .addOption(new Option("--match <pattern>").hideHelp().argParser(refuseMatch));
}

/** An option of `send` and its like: whoever comes from there is told how it is said here. */
function refuseMatch(pattern: string): never {
  throw usage(
    `"${printableText(pattern)}" is given without --match here: patterns are arguments, as in list '*.example.com'.`,
  );
}

/** The option that says what a line is for. */
export function byOption(): Option {
  return new Option("--by <what>", "a line for each").choices(GROUPS_BY).default("site");
}

/** Checks what was typed. */
export function parseQuery(
  words: readonly string[],
  { older, reason, limit }: QueryOptions,
): MailQuery {
  const patterns = parsePatterns(words);
  const parts = [
    patterns.length === 0 ? "" : `for ${patterns.map(printable).join(", ")}`,
    older === undefined ? "" : `that arrived ${older} ago or longer`,
    reason === undefined ? "" : `with a reason that matches "${printableText(reason)}"`,
  ];
  return {
    patterns,
    olderThanSeconds: older === undefined ? null : parseTime(older),
    reason: reason === undefined ? null : parseRegex(reason),
    limit: limit === undefined ? null : parseLimit(limit),
    text: parts.filter((part) => part !== "").join(", "),
  };
}

/** The filter for deferred mail, as of now. */
export function filterOf(query: MailQuery, tools: CommandTools): MailFilter {
  const { olderThanSeconds, reason } = query;
  return {
    isOfSite: sitesOf(query, tools),
    isOfReason: reason === null ? null : (text) => reason.test(decodeUtf8(text) ?? text),
    arrivedBySeconds:
      olderThanSeconds === null ? null : wallSeconds(tools.clock) - olderThanSeconds,
  };
}

function sitesOf({ patterns }: MailQuery, { instance }: CommandTools): SiteMatcher | null {
  return patterns.length === 0 ? null : siteMatcher(patterns, instance.idna2003);
}

function parseLimit(limit: string): number {
  if (!/^[1-9]\d{0,8}$/.test(limit)) {
    throw usage(`"${printableText(limit)}" is no limit. A limit is a number from 1 on.`);
  }
  return Number(limit);
}

function parsePatterns(words: readonly string[]): string[] {
  const patterns = words.flatMap((word) => encodeUtf8(word).split(/[\s,]+/)).filter(Boolean);
  const malformed = patterns.find((pattern) => !isSitePattern(pattern));
  if (malformed !== undefined) {
    throw usage(
      `"${printable(malformed)}" is no pattern of sites. Those are domains, as in example.com, @example.com for the ` +
        "domain and everything below it, and patterns as in '*.example.com'; separated by blanks or commas.",
    );
  }
  if (words.length > 0 && patterns.length === 0) {
    throw usage("No site is named. Without a pattern, all deferred mail is meant.");
  }
  return patterns;
}

function parseRegex(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "i");
  } catch {
    throw usage(
      `"${printableText(pattern)}" is no regular expression. To match text as it is, put a backslash before each of \\ ^ $ . * + ? ( ) [ ] { } |`,
    );
  }
}

function usage(message: string): CommandError {
  return new CommandError(EXIT.usage, message);
}
