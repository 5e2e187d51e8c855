/**
 * `inline:{key=value, { key = text with blanks }, ...}`, a table within the list itself
 * (DATABASE_README of Postfix). Keys are not folded, so one with a capital letter never matches.
 */
import { decodeUtf8 } from "../names/byte_string.ts";
import type { KeyValueTable, OpenFailure } from "./lookup_table.ts";
import { closingBraceEnd, SPACE, splitTokens, trimSpace, unbrace } from "./tokens.ts";

const SHORTEST_NAME = "{}".length;

/** A key, blanks, an equals sign. */
const KEY_AND_EQUALS = new RegExp(`^([^=${SPACE}]*)[${SPACE}]*=`);

/** Opens `inline:NAME`; with `utf8`, a name that is not valid UTF-8 is an error. */
export function openInlineTable(name: string, utf8: boolean): KeyValueTable | OpenFailure {
  const values = parse(name, utf8);
  if (typeof values === "string") {
    return { reason: `${values}: "inline:${name}"; need "inline:{name=value...}"` };
  }
  return { triesParents: true, find: (key) => values.get(key) ?? null };
}

/** Values by key, or what is wrong. */
function parse(name: string, utf8: boolean): ReadonlyMap<string, string> | string {
  if (utf8 && decodeUtf8(name) === null) {
    return "bad UTF-8 syntax";
  }
  const isBraced = name.startsWith("{") && closingBraceEnd(name) === name.length;
  if (!isBraced || name.length <= SHORTEST_NAME) {
    return "bad syntax";
  }
  const values = new Map<string, string>();
  for (const token of splitTokens(name.slice(1, -1))) {
    const entry = token.startsWith("{") ? unbrace(token) : { body: token };
    const fault = "fault" in entry ? entry.fault : addEntry(values, entry.body);
    if (fault !== null) {
      return fault;
    }
  }
  return values.size === 0 ? "empty table" : values;
}

/** Adds what `key = value` says; else returns what is wrong. */
function addEntry(values: Map<string, string>, entry: string): string | null {
  if (entry === "") {
    return "no key found; expected format: key = value";
  }
  const [head, key] = KEY_AND_EQUALS.exec(entry) ?? [];
  if (head === undefined || key === undefined) {
    return "missing '=' after attribute name";
  }
  values.set(key, trimSpace(entry.slice(head.length)));
  return null;
}
