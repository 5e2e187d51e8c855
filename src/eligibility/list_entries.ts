/**
 * Reads a list of patterns as Postfix's parameters hold them: fast_flush_domains and its like.
 *
 * Tokens are domain names, `type:table` look-ups, and `/file` names whose lines are lists again; a `!`
 * before any of them, and before a file each of its patterns, means "not". The comment rules are those
 * of Postfix 3.7: in a file, a `#` in the first column makes a comment, lines are not joined, and
 * elsewhere a token with a `#` ends the list or line with a warning. (3.10 and later read logical lines, take
 * indented comments, and word the warning "#comment after other text is not allowed".)
 * Throws Fatal for a `!` with nothing behind it, and for a file that can be opened but not read.
 */

import { untilNul } from "../config/logical_lines.ts";
import { Fatal } from "../effects/fatal.ts";
import type { Log } from "../effects/log.ts";
import { OsError } from "../effects/os_error.ts";
import type { TextFiles } from "../effects/text_files.ts";
import { foldCase } from "./fold_case.ts";
import type { LookupTable } from "./lookup_table.ts";
import { TableOpener } from "./open_table.ts";
import type { PostfixTables } from "./postfix_tables.ts";
import { eachToken } from "./tokens.ts";

/** A list as configured, and what reading it needs. */
export interface ListSource {
  /** The parameter's name, for the log. */
  readonly parameterName: string;
  /** The parameter's expanded value, a byte string. */
  readonly text: string;
  /** Compare as Unicode text rather than fold only ASCII (smtputf8_enable). */
  readonly foldUtf8: boolean;
  readonly textFiles: TextFiles;
  readonly log: Log;
  /** daemon_table_open_error_is_fatal */
  readonly openErrorIsFatal: boolean;
  /** Those that are Postfix's to read. */
  readonly tables: PostfixTables;
}

export type ListEntry =
  /** In folded case. */
  | { readonly kind: "name"; readonly name: string; readonly negated: boolean }
  | { readonly kind: "table"; readonly table: LookupTable; readonly negated: boolean };

/** More levels of files within files than anyone needs. */
const FILE_DEPTH_MAX = 100;

/** What the original says when a list that includes itself has used up its descriptors. */
const TOO_DEEP = "Too many open files";

/** The entries of a list, in order. */
export function readListEntries(source: ListSource): ListEntry[] {
  return new ListReader(source).read();
}

class ListReader {
  readonly #source: ListSource;
  readonly #opener: TableOpener;
  readonly #entries: ListEntry[] = [];
  /** Files being read, outermost first. */
  readonly #openPaths: string[] = [];

  constructor(source: ListSource) {
    this.#source = source;
    this.#opener = new TableOpener({ ...source, utf8: source.foldUtf8 });
  }

  read(): ListEntry[] {
    this.#readTokens(this.#source.text, false);
    return this.#entries;
  }

  #readTokens(text: string, negated: boolean): void {
    const { parameterName, log } = this.#source;
    eachToken(text, (token) => {
      if (token.text.startsWith("#")) {
        const comment = `${token.text} ${token.rest}`;
        log.warning(`${parameterName}: comment at end of line is not supported: ${comment}`);
        return false;
      }
      const pattern = token.text.replace(/^!+/, "");
      if (pattern === "") {
        throw new Fatal(`${parameterName}: no pattern after '!'`);
      }
      const isOdd = (token.text.length - pattern.length) % 2 === 1;
      this.#readPattern(pattern, negated !== isOdd);
      return true;
    });
  }

  #readPattern(pattern: string, negated: boolean): void {
    if (pattern.startsWith("/")) {
      this.#readFile(pattern, negated);
    } else if (pattern.includes(":") && !pattern.startsWith("[")) {
      this.#entries.push({ kind: "table", table: this.#opener.open(pattern), negated });
    } else {
      const name = foldCase(pattern, this.#source.foldUtf8);
      this.#entries.push({ kind: "name", name, negated });
    }
  }

  #readFile(path: string, negated: boolean): void {
    const content = this.#fileContent(path);
    if (typeof content !== "string") {
      const table = this.#opener.unreadableFile(path, `open file ${path}: ${content.failure}`);
      this.#entries.push({ kind: "table", table, negated });
      return;
    }
    this.#openPaths.push(path);
    // A line keeps its newline: braces that are open at its end protect it.
    for (const line of content.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
      if (!line.startsWith("#")) {
        this.#readTokens(untilNul(line), negated);
      }
    }
    this.#openPaths.pop();
  }

  #fileContent(path: string): string | { readonly failure: string } {
    if (this.#openPaths.includes(path) || this.#openPaths.length >= FILE_DEPTH_MAX) {
      return { failure: TOO_DEEP };
    }
    try {
      return this.#source.textFiles.read(path).text;
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      if (caught.operation !== "open") {
        throw new Fatal(`match_list_parse: read file ${path}: ${caught.text}`);
      }
      return { failure: caught.text };
    }
  }
}
