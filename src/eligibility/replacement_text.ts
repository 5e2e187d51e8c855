/**
 * The result text of a rule in a regexp_table(5), as far as it can make the rule unusable.
 *
 * `$1`, `${1}` and `$(1)` stand for what the first group matched, `$$` for a dollar sign. Nothing is
 * substituted here: only whether a rule matches counts. Pure.
 */

/** What a result text refers to. */
export interface References {
  /** The largest group number, 0 if there is none. */
  readonly highest: number;
  /** What is wrong, as lines for the log; if there are any, the text cannot be used. */
  readonly warnings: readonly string[];
}

/** Reads all references of a result text; `place` names its line in the log. */
export function readReferences(text: string, place: string): References {
  const warnings: string[] = [];
  let highest = 0;
  for (let index = text.indexOf("$"); index >= 0; index = text.indexOf("$", index)) {
    if (text.charAt(index + 1) === "$") {
      index += 2;
      continue;
    }
    const reference = readReference(text, index + 1);
    if (typeof reference === "string") {
      warnings.push(`${reference}: "${text}"`);
      break;
    }
    const { name, end } = reference;
    // As unsigned 32 bits, which is how the original compares.
    const number = Number(name) >>> 0;
    if (!/^[0-9]+$/.test(name)) {
      warnings.push(`${place}: non-numeric replacement index "${name}"`);
    } else if (number === 0) {
      warnings.push(`${place}: out-of-range replacement index "${name}"`);
    }
    highest = Math.max(highest, number);
    index = end;
  }
  return { highest, warnings };
}

/** The name behind a dollar sign and where the text goes on, or what is wrong. */
function readReference(
  text: string,
  start: number,
): { readonly name: string; readonly end: number } | string {
  const opening = text.charAt(start);
  const isBracketed = opening === "{" || opening === "(";
  const nameStart = isBracketed ? start + 1 : start;
  const nameEnd = isBracketed ? closingIndex(text, start) : plainNameEnd(text, start);
  if (nameEnd < 0) {
    return "truncated macro reference";
  }
  if (nameEnd === nameStart) {
    return "empty macro name";
  }
  return { name: text.slice(nameStart, nameEnd), end: isBracketed ? nameEnd + 1 : nameEnd };
}

function plainNameEnd(text: string, start: number): number {
  const name = /^[A-Za-z0-9_]*/.exec(text.slice(start))?.[0] ?? "";
  return start + name.length;
}

/** Index of the bracket that closes the one at `start`, -1 if there is none. */
function closingIndex(text: string, start: number): number {
  const opening = text.charAt(start);
  const closing = opening === "{" ? "}" : ")";
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === opening) {
      depth++;
    } else if (character === closing && --depth === 0) {
      return index;
    }
  }
  return -1;
}
