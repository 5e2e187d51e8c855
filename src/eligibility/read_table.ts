/**
 * Tables that are read whole, by type, but for `static:`, of which there is nothing to read.
 *
 * A file of its own, since it is loaded where a list has such a table, and nowhere else (open_table.ts).
 */
import type { Log } from "../effects/log.ts";
import { INDEXED_TYPES, openIndexedTable } from "./indexed_table.ts";
import { openInlineTable } from "./inline_table.ts";
import type { KeyValueTable, OpenFailure } from "./lookup_table.ts";
import type { PostfixTables } from "./postfix_tables.ts";
import { openRegexpTable } from "./regexp_table.ts";
import { openTexthashTable, type TableTools } from "./texthash_table.ts";

interface ReadTableTools extends TableTools {
  readonly log: Log;
  readonly tables: PostfixTables;
}

/** Reads the table `TYPE:NAME`; null: it is none that is read whole, or too large. */
export function readTable(
  title: string,
  type: string,
  name: string,
  tools: ReadTableTools,
): KeyValueTable | OpenFailure | null {
  const ending = INDEXED_TYPES.get(type);
  if (ending !== undefined) {
    tools.tables.watch(name + ending);
    return openIndexedTable(title, tools);
  }
  switch (type) {
    case "inline":
      return openInlineTable(name, tools.utf8);
    case "texthash":
      return openTexthashTable(name, tools);
    case "regexp":
      return openRegexpTable(name, tools);
    default:
      return null;
  }
}
