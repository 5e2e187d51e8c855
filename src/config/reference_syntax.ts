/**
 * What stands between the brackets of `${...}` and `$(...)` in main.cf, as a small tree (postconf(5)).
 *
 *     name                              the value of a parameter
 *     name?text   name?{text}           text, if the parameter's value is not empty
 *     name:text   name:{text}           text, if it is
 *     name?{text}:{text}                the one or the other; the last one may lack its braces
 *     {text} == {text}                  `true` or nothing; also != < <= >= >
 *     {text} <=level {text}             the same for compatibility levels
 *     {text} == {text} ? ...            as behind a name
 *
 * Pure: nothing is looked up or expanded here. Throws MacroError with the original's warning.
 * Functions of later Postfix versions (`${domain_to_ascii{text}}`) are not known.
 */
import { errorAt, MacroError } from "./macro_error.ts";

export type Operator = "==" | "!=" | "<" | "<=" | ">=" | ">";

/** Two texts and how they are compared. */
interface Comparison {
  /** Both sides are not yet expanded; white space within their braces counts. */
  readonly left: string;
  readonly operator: Operator;
  /** Compatibility levels are compared. */
  readonly byLevel: boolean;
  readonly right: string;
}

/** The texts behind `?` and `:`. */
export interface Choice {
  /** Not yet expanded; empty where none is given. */
  readonly whenTrue: string;
  readonly whenFalse: string;
}

/** All that stands between the brackets. */
export interface Reference {
  /** A parameter's name, perhaps empty, or a comparison. */
  readonly test: string | Comparison;
  readonly choice: Choice | null;
}

const OPERATORS: ReadonlySet<string> = new Set<Operator>(["==", "!=", "<", "<=", ">=", ">"]);
const OPERATOR_CHARACTERS = "!<>=?+-*/~&|%";
const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Of parameters' names. */
export const NAME_CHARACTERS = `${LETTERS_AND_DIGITS}_`;
/** Fewer than isspace(3) knows: vertical tabs and form feeds are errors here. */
const BLANKS = " \t\r\n";

/** The original's wording, quotation marks included. */
const OPERATOR_EXPECTED = '"==" or "!="" or "<"" or "<="" or ">="" or ">" expected';

/** Reads the text between the brackets; it is not empty. */
export function parseReference(body: string): Reference {
  const start = skip(BLANKS, body, 0);
  return body[start] === "{" ? parseComparison(body, start) : parseName(body, start);
}

function parseName(body: string, start: number): Reference {
  const nameEnd = skip(NAME_CHARACTERS, body, start);
  const test = body.slice(start, nameEnd);
  const next = skip(BLANKS, body, nameEnd);
  if (next === body.length) {
    return { test, choice: null };
  }
  if (!isChoiceSign(body[next])) {
    throw errorAt("attribute name syntax error", body.slice(0, nameEnd), body.slice(nameEnd));
  }
  return { test, choice: parseChoice(body, next) };
}

function parseComparison(body: string, start: number): Reference {
  const left = readGroup(body, start);
  const operatorStart = skip(BLANKS, body, left.end);
  const operatorEnd = skip(OPERATOR_CHARACTERS, body, operatorStart);
  const operator = body.slice(operatorStart, operatorEnd);
  if (!isOperator(operator)) {
    throw errorAt(OPERATOR_EXPECTED, `${left.text}}`, body.slice(operatorStart));
  }
  const suffixEnd = skip(LETTERS_AND_DIGITS, body, operatorEnd);
  const suffix = body.slice(operatorEnd, suffixEnd);
  if (suffix !== "" && suffix !== "level") {
    throw new MacroError(`bad operator suffix at: "...${operator}>>>${suffix}"`);
  }
  const rightStart = skip(BLANKS, body, suffixEnd);
  if (body[rightStart] !== "{") {
    throw errorAt('"{expression}" expected', `{${left.text}} ${operator}`, body.slice(suffixEnd));
  }
  const right = readGroup(body, rightStart);
  const test = { left: left.text, operator, byLevel: suffix !== "", right: right.text };
  const next = skip(BLANKS, body, right.end);
  if (next === body.length) {
    return { test, choice: null };
  }
  if (!isChoiceSign(body[next])) {
    throw errorAt('"?" or ":" expected', "}", body.slice(next));
  }
  return { test, choice: parseChoice(body, next) };
}

/** Reads from the `?` or `:` at `sign` to the end. */
function parseChoice(body: string, sign: number): Choice {
  if (body[sign] === ":") {
    return { whenTrue: "", whenFalse: parseLastText(body, sign + 1) };
  }
  const start = skip(BLANKS, body, sign + 1);
  if (body[start] !== "{") {
    return { whenTrue: body.slice(sign + 1), whenFalse: "" };
  }
  const group = readGroup(body, start);
  const next = skip(BLANKS, body, group.end);
  if (next === body.length) {
    return { whenTrue: group.text, whenFalse: "" };
  }
  if (body[next] !== ":") {
    throw errorAt('":" expected', `${group.text}}`, body.slice(next));
  }
  return { whenTrue: group.text, whenFalse: parseLastText(body, next + 1) };
}

/** The last text of a choice: in braces, or else all there is, white space included. */
function parseLastText(body: string, start: number): string {
  const brace = skip(BLANKS, body, start);
  if (body[brace] !== "{") {
    return body.slice(start);
  }
  const group = readGroup(body, brace);
  const next = skip(BLANKS, body, group.end);
  if (next < body.length) {
    throw errorAt("unexpected input", `${group.text}}`, body.slice(next));
  }
  return group.text;
}

/** Reads `{text}`, which may hold further braces in pairs; `end` is behind the last one. */
function readGroup(body: string, start: number): { readonly text: string; readonly end: number } {
  const close = findClosing(body, start);
  if (close < 0) {
    throw new MacroError(`unbalanced {} in attribute expression: "${body.slice(start)}"`);
  }
  return { text: body.slice(start + 1, close), end: close + 1 };
}

/**
 * The place of the bracket that closes the one at `start`, which is `{` or `(`; -1 if there is none.
 * Only brackets of that one kind are counted.
 */
export function findClosing(text: string, start: number): number {
  const opening = text[start];
  const closing = opening === "{" ? "}" : ")";
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    if (text[index] === opening) {
      depth++;
    } else if (text[index] === closing && --depth === 0) {
      return index;
    }
  }
  return -1;
}

/** Where the run of `characters` that starts at `index` ends. */
export function skip(characters: string, text: string, index: number): number {
  let end = index;
  while (end < text.length && characters.includes(text.charAt(end))) {
    end++;
  }
  return end;
}

function isOperator(text: string): text is Operator {
  return OPERATORS.has(text);
}

function isChoiceSign(character: string | undefined): boolean {
  return character === "?" || character === ":";
}
