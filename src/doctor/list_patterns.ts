/**
 * The patterns of a list such as fast_flush_domains, as far as they stand in the list itself. Pure.
 */
import { splitTokens } from "../eligibility/tokens.ts";
import type { Configuration } from "./set_up.ts";

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
export function patternsOf(text: string): Pattern[] {
  return splitTokens(text).map((token) => {
    const pattern = token.replace(/^!+/, "");
    const [, type, name] = /^([A-Za-z0-9_]+):(.+)$/.exec(pattern) ?? [];
    const table = type === undefined || name === undefined ? null : { type, name };
    return { token, isNegated: (token.length - pattern.length) % 2 === 1, table };
  });
}

/** Files that a list names: lists, and texts of tables. */
export function listedFiles(text: string): string[] {
  return patternsOf(text).flatMap(({ token, table }) => {
    const path = table === null ? token.replace(/^!+/, "") : table.name;
    const isFile = table === null || table.type === "texthash" || table.type === "regexp";
    return isFile && path.startsWith("/") ? [path] : [];
  });
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
