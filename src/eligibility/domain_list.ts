/**
 * Lists of domains, as fast_flush_domains holds them: whether a site is on the list.
 *
 * Patterns count in order, the first that matches decides; a lookup error ends the search (spec section
 * 5, which was verified against the original; postconf(5)). Names are compared in folded case and
 * otherwise as they are written: `bücher.example` and its `xn--` form are two names, addresses in
 * brackets are plain strings. A list is read once; later changes of its files are not seen.
 */
import { Fatal } from "../effects/fatal.ts";
import type { Log } from "../effects/log.ts";
import type { SiteName } from "../names/names.ts";
import { foldCase } from "./fold_case.ts";
import { type ListEntry, type ListSource, readListEntries } from "./list_entries.ts";
import type { LookupResult, LookupTable } from "./lookup_table.ts";
import { NameRun } from "./name_run.ts";
import { UNREADABLE_FILE } from "./open_table.ts";

export interface DomainList {
  /** "error": a table could not be looked up in; why is in the log. */
  match(site: SiteName): "match" | "no-match" | "error";
}

/** What a list is compiled from. */
export interface DomainListSource extends ListSource {
  /**
   * Whether `example.com` matches its subdomains too (parent_domain_matches_subdomains); else
   * `.example.com` does.
   */
  readonly matchParents: boolean;
}

/** As the original shows a table in verbose logs. */
const SHOWN_TABLE_FLAGS = "(0,lock|utf8_request)";

/** Reads a list. Throws Fatal where the original would die. */
export function compileDomainList(source: DomainListSource): DomainList {
  const entries = readListEntries(source);
  const matcher = new Matcher(entries, source);
  return { match: (site) => matcher.match(site) };
}

/**
 * Whether a parameter is named in a list of parameters, as fast_flush_domains is in
 * parent_domain_matches_subdomains unless configured otherwise. The list has the same syntax, files
 * and tables included, but names are compared as a whole. Throws Fatal where the original would die: also where
 * a table cannot be looked up in.
 */
export function parentDomainMatch(listedParameter: string, source: ListSource): boolean {
  const { parameterName, foldUtf8, log } = source;
  const key = foldCase(listedParameter, foldUtf8);
  for (const entry of readListEntries(source)) {
    if (log.verbosity > 0) {
      log.info(`match_string: ${parameterName}: ${key} ~? ${shown(entry)}`);
    }
    const result = entry.kind === "name" ? entry.name === key : entry.table.lookup(key);
    if (result === "error") {
      throw new Fatal(lookupProblem(parameterName, entry));
    }
    if (result === true || result === "found") {
      return !entry.negated;
    }
  }
  logNoMatch(log, listedParameter);
  return false;
}

type Part = NameRun | (ListEntry & { readonly kind: "table" });

class Matcher {
  readonly #source: DomainListSource;
  /** Names that follow one another are looked up together. */
  readonly #parts: readonly Part[];

  constructor(entries: readonly ListEntry[], source: DomainListSource) {
    this.#source = source;
    this.#parts = partition(entries, source.matchParents);
  }

  match(site: SiteName): "match" | "no-match" | "error" {
    const { log, foldUtf8 } = this.#source;
    const key = foldCase(site, foldUtf8);
    for (const part of this.#parts) {
      const result =
        part instanceof NameRun ? this.#matchRun(part, key) : this.#matchTable(part, key);
      if (result !== null) {
        return result;
      }
    }
    logNoMatch(log, site);
    return "no-match";
  }

  #matchRun(run: NameRun, key: string): "match" | "no-match" | null {
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
  ): "match" | "no-match" | "error" | null {
    this.#logAttempt(key, entry);
    switch (lookupWithParents(entry.table, key, this.#source.matchParents)) {
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
    if (log.verbosity > 0) {
      log.info(`match_hostname: ${parameterName}: ${key} ~? ${shown(entry)}`);
    }
  }
}

function partition(entries: readonly ListEntry[], matchParents: boolean): Part[] {
  const parts: Part[] = [];
  for (const entry of entries) {
    if (entry.kind === "table") {
      parts.push(entry);
      continue;
    }
    const last = parts.at(-1);
    if (last instanceof NameRun) {
      last.add(entry);
    } else {
      parts.push(new NameRun(entry, matchParents));
    }
  }
  return parts;
}

/** Looks up a name and, where the table wants it, `b.c` and `c` after `a.b.c`, or `.b.c` and `.c`. */
function lookupWithParents(table: LookupTable, key: string, matchParents: boolean): LookupResult {
  let name = key;
  while (name !== "") {
    const result = table.lookup(name);
    if (result !== "not-found" || !table.triesParents) {
      return result;
    }
    // A dot at the very start is part of the first label.
    const dot = name.indexOf(".", 1);
    name = dot < 0 ? "" : name.slice(matchParents ? dot + 1 : dot);
  }
  return "not-found";
}

function outcome(negated: boolean): "match" | "no-match" {
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
  if (log.verbosity > 0) {
    log.info(`match_list_match: ${subject}: no match`);
  }
}
