/**
 * Splits POSIX regular expressions, extended and basic, into tokens.
 *
 * Implements regex(7) with the extensions of the GNU C library: \w \W \s \S \b \B \< \> \` \' and
 * back-references in both; \+ \? \| in basic ones. Which characters are special where is decided here
 * and nowhere else.
 */
import { type BracketRules, parseBracket } from "./bracket_expression.ts";
import { addClass, type ByteSet, complement, emptySet, setOf } from "./byte_set.ts";
import type { Assertion } from "./pattern_node.ts";

/** The options of a regular expression: regcomp(3) has them as flags. */
export interface PatternRules extends BracketRules {
  /** Extended syntax, as egrep has it; else basic, as grep has it. */
  readonly extended: boolean;
}

type Operator = "(" | ")" | "|" | "*" | "+" | "?" | "{" | "}" | "[" | "end" | "trailing backslash";

export type Token =
  | { readonly kind: Operator; readonly text: string }
  /** A character that stands for itself; only these count as digits and comma of an interval. */
  | { readonly kind: "byte"; readonly text: string; readonly escaped: boolean }
  | { readonly kind: "set"; readonly set: ByteSet; readonly text: string }
  | { readonly kind: "assertion"; readonly assertion: Assertion; readonly text: string }
  | { readonly kind: "reference"; readonly number: number; readonly text: string };

const EXTENDED_OPERATORS = "(){}|+?";
const BASIC_ESCAPED_OPERATORS = "(){}|+?";

const ASSERTION_BY_ESCAPE: ReadonlyMap<string, Assertion> = new Map([
  ["`", "text start"],
  ["'", "text end"],
  ["b", "word edge"],
  ["B", "no word edge"],
  ["<", "word start"],
  [">", "word end"],
]);

export class PatternScanner {
  readonly #text: string;
  readonly #rules: PatternRules;
  #position = 0;

  constructor(text: string, rules: PatternRules) {
    this.#text = text;
    this.#rules = rules;
  }

  /**
   * The next token. `startsBranch`: it is the first of a group or of an alternative, where `^` is an
   * anchor in basic expressions too.
   */
  next(startsBranch: boolean): Token {
    const isFirst = this.#position === 0;
    const character = this.#text[this.#position++] ?? "";
    switch (character) {
      case "":
        return { kind: "end", text: "" };
      case "\\":
        return this.#escape();
      case ".":
        return { kind: "set", set: this.#anyByte(), text: character };
      case "*":
      case "[":
        return { kind: character, text: character };
      case "^":
        if (this.#rules.extended || isFirst || startsBranch) {
          return this.#anchor("line start", "text start");
        }
        break;
      case "$":
        if (this.#rules.extended || this.#isBranchEnd()) {
          return this.#anchor("line end", "text end");
        }
        break;
      default:
        if (this.#rules.extended && EXTENDED_OPERATORS.includes(character)) {
          return { kind: character as Operator, text: character };
        }
    }
    return { kind: "byte", text: character, escaped: false };
  }

  /** The rest of a bracket expression, after its `[`. Throws PatternFault. */
  bracket(): ByteSet {
    const { set, end } = parseBracket(this.#text, this.#position, this.#rules);
    this.#position = end;
    return set;
  }

  #escape(): Token {
    const character = this.#text[this.#position++] ?? "";
    if (character === "") {
      return { kind: "trailing backslash", text: "" };
    }
    if (character >= "1" && character <= "9") {
      return { kind: "reference", number: Number(character), text: character };
    }
    const assertion = ASSERTION_BY_ESCAPE.get(character);
    if (assertion !== undefined) {
      return { kind: "assertion", assertion, text: character };
    }
    if ("wWsS".includes(character)) {
      return { kind: "set", set: classSet(character), text: character };
    }
    if (!this.#rules.extended && BASIC_ESCAPED_OPERATORS.includes(character)) {
      return { kind: character as Operator, text: character };
    }
    return { kind: "byte", text: character, escaped: true };
  }

  #anyByte(): ByteSet {
    return complement(setOf(this.#rules.newlineSensitive ? "\0\n" : "\0"));
  }

  #anchor(ofLine: Assertion, ofText: Assertion): Token {
    const assertion = this.#rules.newlineSensitive ? ofLine : ofText;
    return { kind: "assertion", assertion, text: "" };
  }

  /** Whether a basic expression's alternative, group or whole ends here. */
  #isBranchEnd(): boolean {
    const rest = this.#text.slice(this.#position, this.#position + 2);
    return rest === "" || rest === "\\)" || rest === "\\|";
  }
}

/** \w and \s, and in upper case what is not in them. */
function classSet(letter: string): ByteSet {
  const isWord = letter.toLowerCase() === "w";
  const set = isWord ? setOf("_") : emptySet();
  addClass(set, isWord ? "alnum" : "space");
  return letter === letter.toLowerCase() ? set : complement(set);
}
