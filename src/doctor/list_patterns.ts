/**
 * The patterns of a list such as fast_flush_domains, as far as they stand in the list itself. Pure.
 */
import { splitTokens } from "../eligibility/tokens.ts";
import type { Configuration } from "./set_up.ts";

/** What the service reads (README). */
export const TABLE_TYPES = ["static", "inline", "texthash", "regexp"];

/** Indexed files, made from a text beside them that is as `texthash:` reads it. */
export const INDEXED_TYPES = ["hash", "btree", "lmdb", "dbm", "sdbm", "cdb"];

/** A pattern of a list, without what may stand before it. */
interface Pattern {
  readonly token: string;
  readonly isNegated: boolean;
  /** Null: it is no table. */
  readonly table: { readonly type: string; readonly name: string } | null;
}

/** The patterns of a list, in order; those in its files are not seen. */
function patternsOf(text: string): Pattern[] {
  return splitTokens(text).map((token) => {
    const pattern = token.replace(/^!+/, "");
    const [, type, name] = /^([A-Za-z0-9_]+):(.+)$/.exec(pattern) ?? [];
    const table = type === undefined || name === undefined ? null : { type, name };
    return { token, isNegated: (token.length - pattern.length) % 2 === 1, table };
  });
}

/** Tables of types that the service does not read. */
export function unsupportedTables(text: string): string[] {
  return patternsOf(text).flatMap(({ token, table }) =>
    table === null || TABLE_TYPES.includes(table.type) ? [] : [token],
  );
}

/** Lists that a list names: their patterns count as its own. */
export function innerLists(text: string): string[] {
  return patternsOf(text).flatMap(({ token, table }) => {
    const path = token.replace(/^!+/, "");
    return table === null && path.startsWith("/") ? [path] : [];
  });
}

/** Texts of tables of a list, as the service reads them. */
export function tableFiles(text: string): string[] {
  return patternsOf(text).flatMap(({ table }) =>
    table !== null && (table.type === "texthash" || table.type === "regexp") ? [table.name] : [],
  );
}

/** Texts of indexed tables of a list. */
export function indexedFiles(text: string): string[] {
  return patternsOf(text).flatMap(({ table }) =>
    table !== null && INDEXED_TYPES.includes(table.type) ? [table.name] : [],
  );
}

/** Every destination is recorded. */
export function recordsAll({ values }: Configuration): boolean {
  return patternsOf(values.fast_flush_domains).some(
    ({ table, isNegated }) => !isNegated && table?.type === "static",
  );
}
