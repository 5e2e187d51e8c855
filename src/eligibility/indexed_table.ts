/**
 * `hash:PATH` and its like: indexed files, read whole by way of `postmap -s`.
 *
 * No database format is known here, only postmap(1)'s: a line of key, tab, value for each entry. One that is larger is left
 * to the lookup helper: reading it would take longer than the few lookups of a process are worth.
 */
import type { Log } from "../effects/log.ts";
import type { KeyValueTable, OpenFailure } from "./lookup_table.ts";
import type { PostfixTables } from "./postfix_tables.ts";

/** Types of files that postmap(1) can list, and how their names end; of a cdb: it can't. */
export const INDEXED_TYPES: ReadonlyMap<string, string> = new Map([
  ["hash", ".db"],
  ["btree", ".db"],
  ["lmdb", ".lmdb"],
  ["dbm", ".pag"],
  ["sdbm", ".pag"],
]);

/** Some 10,000 domains: a few milliseconds at each start, and a megabyte or two. */
const LISTED_BYTES_MAX = 256 * 1024;

/** Opens an indexed file; null: it is too large to be read whole. */
export function openIndexedTable(
  title: string,
  { tables, log }: { readonly tables: PostfixTables; readonly log: Log },
): KeyValueTable | OpenFailure | null {
  const { status, out, err } = tables.runWithin(LISTED_BYTES_MAX, "postmap", "-s", title);
  if (status === null) {
    return null;
  }
  for (const [, warning = ""] of err.matchAll(/^postmap: warning: (.*)$/gm)) {
    log.warning(warning);
  }
  if (status !== 0) {
    const reason = /^postmap: (?:fatal|error): (.*)$/m.exec(err)?.[1];
    return { reason: reason ?? `postmap -s ${title}: exit status ${status}` };
  }
  const values = new Map<string, string>();
  for (const line of out.split("\n")) {
    const tab = line.indexOf("\t");
    if (tab > 0) {
      values.set(line.slice(0, tab), line.slice(tab + 1));
    }
  }
  return { triesParents: true, find: (key) => values.get(key) ?? null };
}
