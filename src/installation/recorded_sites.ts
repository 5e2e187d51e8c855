/**
 * What fast_flush_domains, smtpd_etrn_restrictions and import_environment say, as far as a set-up depends on it. Pure, but
 * for the files that a list names.
 */
import { OsError } from "../effects/os_error.ts";
import { splitTokens } from "../eligibility/tokens.ts";
import { allPatterns, patternsOf, unknownTypes } from "./list_patterns.ts";

/** What closes a list of restrictions to those whom nothing before it has let in. */
const CLOSING: ReadonlySet<string> = new Set(["reject", "defer"]);

/** Somebody is asked about each client. */
const ASKING = /^check_(?:[a-z_]+_access|policy_service)$/;

/** Types of tables in a list, and in the files that it names, that this Postfix does not have. */
export function unknownTableTypes(
  list: string,
  known: ReadonlySet<string>,
  read: (path: string) => string,
): string[] {
  const patterns = allPatterns(list, (path) => contentOf(path, read));
  return unknownTypes(patterns, known);
}

/** A file that can't be read is for the service to complain of, as with the original. */
function contentOf(path: string, read: (path: string) => string): string {
  try {
    return read(path);
  } catch (caught) {
    if (caught instanceof OsError) {
      return "";
    }
    throw caught;
  }
}

/** Every destination is recorded. */
export function isEveryDestination(list: string): boolean {
  return patternsOf(list).some(({ table, isNegated }) => !isNegated && table?.type === "static");
}

/** What becomes of strangers; "looked up": a table or a policy server decides. */
type Strangers = "let in" | "turned away" | "looked up";

/** What these restrictions do with those whom they don't know. */
export function strangersUnder(restrictions: string): Strangers {
  let isAsked = false;
  for (const word of splitTokens(restrictions)) {
    if (CLOSING.has(word)) {
      return "turned away";
    }
    if (word === "permit") {
      break;
    }
    isAsked ||= ASKING.test(word);
  }
  return isAsked ? "looked up" : "let in";
}

/** Entries of master.cf whose own restrictions do one of these with strangers. */
export function entriesUnder(
  overrides: ReadonlyMap<string, string>,
  ...which: readonly Strangers[]
): string[] {
  const found = [...overrides].filter(([, value]) => which.includes(strangersUnder(value)));
  return found.map(([entry]) => entry);
}

/** Entries of import_environment, as they stand there, with variables that must not come from outside. */
export function dangerousEntries(importEnvironment: string): string[] {
  return splitTokens(importEnvironment).filter((entry) => isDangerousVariable(variableOf(entry)));
}

/** Their variables. */
export function dangerousVariables(importEnvironment: string): string[] {
  return dangerousEntries(importEnvironment).map(variableOf);
}

/** What it changes is what our program, or the engine under it, does. */
export function isDangerousVariable(name: string): boolean {
  return /^(?:BUN_|JSC_|NODE_)/.test(name) || /[*?]/.test(name);
}

/** NAME, NAME=VALUE, or either in braces. */
function variableOf(entry: string): string {
  return /^\{?\s*([^=\s}]*)/.exec(entry)?.[1] ?? "";
}
