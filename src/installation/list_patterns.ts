/**
 * The patterns of a list such as fast_flush_domains, as far as one can see without looking anything up in it: which
 * tables and files it names. Pure, but for the files that a list names.
 */
import { splitTokens } from "../eligibility/tokens.ts";

/** A pattern of a list. */
interface Pattern {
  /** As it stands in the list, with what may stand before it. */
  readonly token: string;
  readonly isNegated: boolean;
  /** Null: it is no table. */
  readonly table: { readonly type: string; readonly name: string } | null;
  /** Of a list of more patterns; null: it is none. */
  readonly list: string | null;
}

/** The patterns that stand in a list itself, in order. */
export function patternsOf(text: string): Pattern[] {
  return splitTokens(text).map((token) => {
    const pattern = token.replace(/^!+/, "");
    const isNegated = (token.length - pattern.length) % 2 === 1;
    const list = pattern.startsWith("/") ? pattern : null;
    const colon = pattern.startsWith("[") || list !== null ? -1 : pattern.indexOf(":");
    const table = { type: pattern.slice(0, colon), name: pattern.slice(colon + 1) };
    return { token, isNegated, list, table: colon < 0 ? null : table };
  });
}

/** The same with those of the files that it names; `read` is asked for each file once. */
export function allPatterns(text: string, read: (path: string) => string): Pattern[] {
  const found: Pattern[] = [];
  const seen = new Set<string>();
  const rest = [text];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const patterns = patternsOf(next);
    found.push(...patterns);
    for (const { list } of patterns) {
      if (list !== null && !seen.has(list)) {
        seen.add(list);
        rest.push(withoutComments(read(list)));
      }
    }
  }
  return found;
}

/** A `#` at the beginning of a word ends its line. */
function withoutComments(text: string): string {
  return text.replace(/(?<![^\s,])#.*$/gm, "");
}

/** Types of tables that this Postfix does not have; `known` are those that it has. */
export function unknownTypes(patterns: readonly Pattern[], known: ReadonlySet<string>): string[] {
  const types = patterns.flatMap(({ table }) => (table === null ? [] : [table.type]));
  return [...new Set(types.filter((type) => !known.has(type)))].sort();
}

/** Texts of tables, as the service reads them. */
export function tableFiles(patterns: readonly Pattern[]): string[] {
  return patterns.flatMap(({ table }) =>
    table?.type === "texthash" || table?.type === "regexp" ? [table.name] : [],
  );
}
