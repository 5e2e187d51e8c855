/**
 * `$name` and its kin in the values of parameters (postconf(5)), as Postfix 3.7 expands them.
 *
 * `$$` is a dollar sign; `$name`, `${name}` and `$(name)` are the value of a parameter, expanded in its
 * turn; for what else may stand in brackets see reference_syntax.ts. A parameter that does not exist
 * counts as empty. Whether `${name?text}` chooses the text depends on the value as it stands, before
 * it is expanded. Pure. Throws MacroError, and Fatal where a number to be compared is too large.
 */
import { comparisonHolds } from "./comparison.ts";
import { MacroError } from "./macro_error.ts";
import {
  type Choice,
  findClosing,
  NAME_CHARACTERS,
  parseReference,
  skip,
} from "./reference_syntax.ts";

/** The value of a parameter as it stands, not expanded; undefined where there is none. */
export type Lookup = (name: string) => string | undefined;

/** The original's limit; it ends loops such as `a = $b`, `b = $a`. */
const NESTING_MAX = 100;

/** A reference as it was found in a text. */
interface FoundReference {
  /** The name, or what stands between the brackets. */
  readonly body: string;
  readonly isBracketed: boolean;
  /** The place behind it. */
  readonly end: number;
}

/** Far more than any main.cf has, and some tenths of a second's work. */
const REFERENCES_MAX = 100_000;
const REFERENCED_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Expands a value. One whose references double at each of thirty levels would take the original for ever, and all memory:
 * that is a MacroError here.
 */
export function expand(text: string, lookup: Lookup): string {
  if (!text.includes("$")) {
    return text;
  }
  let [references, bytes] = [0, 0];
  const boundedLookup: Lookup = (name) => {
    const value = lookup(name);
    references++;
    bytes += value?.length ?? 0;
    if (references > REFERENCES_MAX || bytes > REFERENCED_BYTES_MAX) {
      throw new MacroError(`unreasonable number of macro calls: "${text}"`);
    }
    return value;
  };
  return expandNested(text, boundedLookup, 0);
}

function expandNested(text: string, lookup: Lookup, depth: number): string {
  let result = "";
  let literal = "";
  let start = 0;
  for (;;) {
    const dollar = text.indexOf("$", start);
    if (dollar < 0) {
      break;
    }
    literal += text.slice(start, dollar);
    if (text[dollar + 1] === "$") {
      literal += "$";
      start = dollar + 2;
      continue;
    }
    result += checkedForNesting(literal, depth);
    literal = "";
    const found = findReference(text, dollar + 1);
    checkedForNesting(found.body, depth);
    result += evaluate(found, lookup, depth + 1);
    start = found.end;
  }
  return result + checkedForNesting(literal + text.slice(start), depth);
}

/** Reads the reference behind a dollar sign. */
function findReference(text: string, start: number): FoundReference {
  const isBracketed = text[start] === "{" || text[start] === "(";
  const bodyStart = isBracketed ? start + 1 : start;
  const bodyEnd = isBracketed ? findClosing(text, start) : skip(NAME_CHARACTERS, text, start);
  if (bodyEnd < 0) {
    throw new MacroError(`truncated macro reference: "${text}"`);
  }
  if (bodyEnd === bodyStart) {
    throw new MacroError(`empty macro name: "${text}"`);
  }
  const end = isBracketed ? bodyEnd + 1 : bodyEnd;
  return { body: text.slice(bodyStart, bodyEnd), isBracketed, end };
}

function evaluate(found: FoundReference, lookup: Lookup, depth: number): string {
  if (!found.isBracketed) {
    return expandNested(lookup(found.body) ?? "", lookup, depth);
  }
  const { test, choice } = parseReference(found.body);
  if (typeof test === "string") {
    const value = lookup(test) ?? "";
    return expandNested(choice === null ? value : chosen(choice, value !== ""), lookup, depth);
  }
  const left = expandNested(test.left, lookup, depth);
  const right = expandNested(test.right, lookup, depth);
  const holds = comparisonHolds(left, test.operator, right, test.byLevel);
  if (choice === null) {
    return holds ? "true" : "";
  }
  return expandNested(chosen(choice, holds), lookup, depth);
}

function chosen(choice: Choice, condition: boolean): string {
  return condition ? choice.whenTrue : choice.whenFalse;
}

function checkedForNesting(text: string, depth: number): string {
  if (depth > NESTING_MAX && text !== "") {
    throw new MacroError(`unreasonable macro call nesting: "${text}"`);
  }
  return text;
}
