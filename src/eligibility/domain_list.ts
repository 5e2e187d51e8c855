/**
 * Lists of domains, as fast_flush_domains holds them: whether a site is on the list.
 *
 * Patterns count in order, the first that matches decides; a lookup error ends the search (spec section
 * 5, which was verified against the original; postconf(5)). Names are compared in folded case and
 * otherwise as they are written: `bücher.example` and its `xn--` form are two names, addresses in
 * brackets are plain strings. A list is read once; later changes of its files are not seen. The answer is
 * there at once unless a table has to be asked about.
 */
import { Fatal } from "../effects/fatal.ts";
import { type Log, verbosely } from "../effects/log.ts";
import type { SiteName } from "../names/names.ts";
import { foldCase } from "./fold_case.ts";
import { type ListEntry, type ListSource, readListEntries } from "./list_entries.ts";
import type { LookupResult, LookupTable } from "./lookup_table.ts";
import { NameRun } from "./name_run.ts";
import { UNREADABLE_FILE } from "./open_table.ts";
import { splitTokens } from "./tokens.ts";

/** Whether a site is on a list; "error": a table could not be looked up in, and why is in the log. */
export type Verdict = "match" | "no-match" | "error";

export interface DomainList {
  match(site: SiteName): Verdict | Promise<Verdict>;
  /** Some of it lies outside main.cf, in files or tables. */
  readonly mayChange: boolean;
}

/** What a list is compiled from. */
export interface DomainListSource extends ListSource {
  /**
   * Whether `example.com` matches its subdomains too (parent_domain_matches_subdomains); else
   * `.example.com` does.
   */
  readonly matchParents: boolean | Promise<boolean>;
}

/** As the original shows a table in verbose logs. */
const SHOWN_TABLE_FLAGS = "(0,lock|utf8_request)";

/** Patterns that are files, or tables of another kind than those that stand in the list itself. */
const OUTER_PATTERN = /^!*(?:\/|(?!\[|static:|inline:)[^!].*:)/s;

/** Reads a list. Throws Fatal where the original would die. */
export function compileDomainList(source: DomainListSource): DomainList {
  const entries = readListEntries(source);
  const mayChange = isOutside(source.text);
  const { matchParents } = source;
  if (typeof matchParents === "boolean") {
    const matcher = new Matcher(entries, source, matchParents);
    return { mayChange, match: (site) => matcher.match(site) };
  }
  const matcher = matchParents.then((isSet) => new Matcher(entries, source, isSet));
  return { mayChange, match: async (site) => (await matcher).match(site) };
}

/** Whether some of a list of patterns lies outside main.cf, in files or tables. */
export function isOutside(text: string): boolean {
  return splitTokens(text).some((token) => OUTER_PATTERN.test(token));
}

/**
 * Whether a parameter is named in a list of parameters, as fast_flush_domains is in
 * parent_domain_matches_subdomains unless configured otherwise. The list has the same syntax, files
 * and tables included, but names are compared as a whole. Throws Fatal where the original would die: also where
 * a table cannot be looked up in.
 */
export function parentDomainMatch(
  listedParameter: string,
  source: ListSource,
): boolean | Promise<boolean> {
  return isListed(listedParameter, source, readListEntries(source));
}

function isListed(
  listedParameter: string,
  source: ListSource,
  entries: readonly ListEntry[],
): boolean | Promise<boolean> {
  const { parameterName, foldUtf8, log } = source;
  const key = foldCase(listedParameter, foldUtf8);
  for (const [index, entry] of entries.entries()) {
    verbosely(log)?.info(`match_string: ${parameterName}: ${key} ~? ${shown(entry)}`);
    const result = entry.kind === "name" ? foundIf(entry.name === key) : entry.table.lookup(key);
    if (result instanceof Promise) {
      return result.then(
        (found) =>
          decision(found, entry, parameterName) ??
          isListed(listedParameter, source, entries.slice(index + 1)),
      );
    }
    const decided = decision(result, entry, parameterName);
    if (decided !== null) {
      return decided;
    }
  }
  logNoMatch(log, listedParameter);
  return false;
}

function foundIf(isFound: boolean): LookupResult {
  return isFound ? "found" : "not-found";
}

/** What an entry decides; null: nothing. */
function decision(result: LookupResult, entry: ListEntry, parameterName: string): boolean | null {
  if (result === "error") {
    throw new Fatal(lookupProblem(parameterName, entry));
  }
  return result === "found" ? !entry.negated : null;
}

type Part = NameRun | (ListEntry & { readonly kind: "table" });

class Matcher {
  readonly #source: DomainListSource;
  /** Names that follow one another are looked up together. */
  readonly #parts: readonly Part[];

  readonly #matchParents: boolean;

  constructor(entries: readonly ListEntry[], source: DomainListSource, matchParents: boolean) {
    this.#source = source;
    this.#matchParents = matchParents;
    this.#parts = partition(entries, matchParents);
  }

  match(site: SiteName): Verdict | Promise<Verdict> {
    return this.#matchFrom(0, site, foldCase(site, this.#source.foldUtf8));
  }

  /** From a part on; the ones before it have not decided. */
  #matchFrom(first: number, site: SiteName, key: string): Verdict | Promise<Verdict> {
    let index = first;
    for (let part = this.#parts[index]; part !== undefined; part = this.#parts[index]) {
      index++;
      const result =
        part instanceof NameRun ? this.#matchRun(part, key) : this.#matchTable(part, key);
      if (result instanceof Promise) {
        const next = index;
        return result.then((verdict) => verdict ?? this.#matchFrom(next, site, key));
      }
      if (result !== null) {
        return result;
      }
    }
    logNoMatch(this.#source.log, site);
    return "no-match";
  }

  #matchRun(run: NameRun, key: string): Verdict | null {
    const found = run.find(key);
    if (this.#source.log.verbosity > 0) {
      const tried = found === null ? run.entries : run.entries.slice(0, found.index + 1);
      for (const entry of tried) {
        this.#logAttempt(key, entry);
      }
    }
    return found === null ? null : outcome(found.negated);
  }

  #matchTable(
    entry: ListEntry & { readonly kind: "table" },
    key: string,
  ): Verdict | null | Promise<Verdict | null> {
    this.#logAttempt(key, entry);
    const result = lookupWithParents(entry.table, key, this.#matchParents);
    return result instanceof Promise
      ? result.then((found) => this.#verdict(entry, found))
      : this.#verdict(entry, result);
  }

  #verdict(entry: ListEntry & { readonly kind: "table" }, result: LookupResult): Verdict | null {
    switch (result) {
      case "error":
        this.#source.log.warning(lookupProblem(this.#source.parameterName, entry));
        return "error";
      case "found":
        return outcome(entry.negated);
      case "not-found":
        return null;
    }
  }

  #logAttempt(key: string, entry: ListEntry): void {
    const { log, parameterName } = this.#source;
    verbosely(log)?.info(`match_hostname: ${parameterName}: ${key} ~? ${shown(entry)}`);
  }
}

function partition(entries: readonly ListEntry[], matchParents: boolean): Part[] {
  const parts: Part[] = [];
  for (const entry of entries) {
    if (entry.kind === "table") {
      parts.push(entry);
      continue;
    }
    const last = parts[parts.length - 1];
    if (last instanceof NameRun) {
      last.add(entry);
    } else {
      parts.push(new NameRun(entry, matchParents));
    }
  }
  return parts;
}

/** Looks up a name and, where the table wants it, `b.c` and `c` after `a.b.c`, or `.b.c` and `.c`. */
function lookupWithParents(
  table: LookupTable,
  key: string,
  matchParents: boolean,
): LookupResult | Promise<LookupResult> {
  for (let name = key; name !== ""; name = parentOf(name, matchParents)) {
    const result = table.lookup(name);
    if (result instanceof Promise) {
      const parent = parentOf(name, matchParents);
      return result.then((found) =>
        isLast(table, found) ? found : lookupWithParents(table, parent, matchParents),
      );
    }
    if (isLast(table, result)) {
      return result;
    }
  }
  return "not-found";
}

/** No name above the one that was looked up is asked for. */
function isLast(table: LookupTable, result: LookupResult): boolean {
  return result !== "not-found" || !table.triesParents;
}

/** `b.c` of `a.b.c`, or `.b.c`; empty where there is none. */
function parentOf(name: string, matchParents: boolean): string {
  // A dot at the very start is part of the first label.
  const dot = name.indexOf(".", 1);
  return dot < 0 ? "" : name.slice(matchParents ? dot + 1 : dot);
}

function outcome(negated: boolean): Verdict {
  return negated ? "no-match" : "match";
}

function lookupProblem(parameterName: string, entry: ListEntry): string {
  const title = entry.kind === "table" ? entry.table.title : entry.name;
  return `${parameterName}: ${title}: table lookup problem`;
}

function shown(entry: ListEntry): string {
  if (entry.kind === "name") {
    return entry.name;
  }
  const { title } = entry.table;
  return title.startsWith(`${UNREADABLE_FILE}:`) ? title : title + SHOWN_TABLE_FLAGS;
}

function logNoMatch(log: Log, subject: string): void {
  verbosely(log)?.info(`match_list_match: ${subject}: no match`);
}
