/**
 * `name = value`, as in main.cf and behind -o.
 *
 * Pure. The name ends at white space or `=`; white space around both parts is dropped. Any other
 * character may stand in a name, though only letters, digits and `_` can be referred to.
 */
import { isBlankAt, trimBlanks } from "./blanks.ts";

export interface NameValue {
  readonly name: string;
  readonly value: string;
}

/** Why a text is no `name = value`, in the words that Postfix logs. */
export type NameValueProblem = "missing attribute name" | "missing '=' after attribute name";

/** Splits at the first `=`. */
export function splitNameValue(text: string): NameValue | NameValueProblem {
  let start = 0;
  while (isBlankAt(text, start)) {
    start++;
  }
  let end = start;
  while (end < text.length && text[end] !== "=" && !isBlankAt(text, end)) {
    end++;
  }
  if (end === start) {
    return "missing attribute name";
  }
  let equals = end;
  while (isBlankAt(text, equals)) {
    equals++;
  }
  if (text[equals] !== "=") {
    return "missing '=' after attribute name";
  }
  return { name: text.slice(start, end), value: trimBlanks(text.slice(equals + 1)) };
}
