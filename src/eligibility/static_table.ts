/**
 * `static:VALUE`, a table that holds every key but the empty one (DATABASE_README of Postfix).
 */
import type { KeyValueTable, OpenFailure } from "./lookup_table.ts";
import { unbrace } from "./tokens.ts";

/** Opens `static:NAME`; `{ text }` stands for the text. */
export function openStaticTable(name: string): KeyValueTable | OpenFailure {
  const value = name.startsWith("{") ? unbrace(name) : { body: name };
  if ("fault" in value) {
    return { reason: `bad static:name syntax: ${value.fault}` };
  }
  return { triesParents: true, find: () => value.body };
}
