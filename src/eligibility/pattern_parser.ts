/**
 * Reads a POSIX regular expression, extended or basic, into a tree.
 *
 * Implements regex(7) and, where POSIX leaves things open, what the GNU C library does: in extended
 * expressions an operator with nothing before it is an error, an unmatched `)` is literal, and `{` is
 * never literal; in basic ones a leading `*` is literal and repetition cannot be repeated. An empty
 * alternative is allowed. Throws PatternFault. Does not match anything: see posix_pattern.ts.
 */
import { foldSet, setOf, upperCase } from "./byte_set.ts";
import { PatternFault } from "./pattern_fault.ts";
import type { PatternNode } from "./pattern_node.ts";
import { type PatternRules, PatternScanner, type Token } from "./pattern_scanner.ts";

/** A pattern that was read. */
export interface ParsedPattern {
  readonly root: PatternNode;
  /** How many parenthesised groups there are. */
  readonly groups: number;
  readonly hasReference: boolean;
}

/** RE_DUP_MAX of the C library: the largest number in an interval. */
const REPEAT_MAX = 32767;

/** Deeper nesting could run out of stack; no pattern that a person wrote comes near. */
const NESTING_MAX = 1000;

const EMPTY: PatternNode = { kind: "sequence", parts: [] };

/** Reads a whole pattern. Throws PatternFault. */
export function parsePattern(text: string, rules: PatternRules): ParsedPattern {
  return new PatternParser(text, rules).parse();
}

class PatternParser {
  readonly #scanner: PatternScanner;
  readonly #rules: PatternRules;
  #token: Token;
  #groups = 0;
  #hasReference = false;
  /** Groups that are complete on the way to the current token; only these can be referred to. */
  #complete: ReadonlySet<number> = new Set();

  constructor(text: string, rules: PatternRules) {
    this.#scanner = new PatternScanner(text, rules);
    this.#rules = rules;
    this.#token = this.#scanner.next(true);
  }

  parse(): ParsedPattern {
    const root = this.#parseChoice(0);
    return { root, groups: this.#groups, hasReference: this.#hasReference };
  }

  #parseChoice(depth: number): PatternNode {
    if (depth > NESTING_MAX) {
      throw new PatternFault("memory");
    }
    const before = this.#complete;
    const branches = [this.#parseBranch(depth)];
    let complete = this.#complete;
    while (this.#token.kind === "|") {
      this.#complete = before;
      this.#advance(true);
      branches.push(this.#parseBranch(depth));
      complete = new Set([...complete, ...this.#complete]);
    }
    this.#complete = complete;
    return branches.length === 1 && branches[0] ? branches[0] : { kind: "choice", branches };
  }

  #parseBranch(depth: number): PatternNode {
    const parts: PatternNode[] = [];
    while (!this.#endsBranch(depth)) {
      parts.push(this.#parsePiece(depth));
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: "sequence", parts };
  }

  #endsBranch(depth: number): boolean {
    const { kind } = this.#token;
    return kind === "end" || kind === "|" || (kind === ")" && depth > 0);
  }

  /** An atom and what repeats it. */
  #parsePiece(depth: number): PatternNode {
    const token = this.#token;
    if (token.kind === "assertion") {
      this.#advance();
      return { kind: "assertion", assertion: token.assertion };
    }
    let node = this.#parseAtom(token, depth);
    this.#advance();
    for (;;) {
      const bounds = this.#parseRepetition();
      if (bounds === null) {
        return node;
      }
      node = bounds.max === 0 ? EMPTY : { kind: "repeat", body: node, ...bounds };
      if (!this.#rules.extended && (this.#token.kind === "*" || this.#token.kind === "{")) {
        throw new PatternFault("precedingExpression");
      }
    }
  }

  #parseAtom(token: Token, depth: number): PatternNode {
    switch (token.kind) {
      case "set":
        return this.#setNode(token.set);
      case "[":
        return this.#setNode(this.#scanner.bracket());
      case "(":
        return this.#parseGroup(depth);
      case "reference":
        if (!this.#complete.has(token.number)) {
          throw new PatternFault("reference");
        }
        this.#hasReference = true;
        return { kind: "reference", number: token.number };
      case "trailing backslash":
        throw new PatternFault("trailingBackslash");
      case ")":
        if (!this.#rules.extended) {
          throw new PatternFault("parenthesis");
        }
        break;
      case "{":
        throw new PatternFault("precedingExpression");
      case "*":
      case "+":
      case "?":
        if (this.#rules.extended) {
          throw new PatternFault("precedingExpression");
        }
        break;
    }
    return this.#setNode(setOf(this.#literal(token)));
  }

  /**
   * What a character that stands for itself matches. Case is folded by comparing in upper case; the C
   * library forgets that for a lower-case letter behind a backslash, which then matches nothing.
   */
  #literal(token: Token): string {
    const isFolded = this.#rules.foldCase && !(token.kind === "byte" && token.escaped);
    return isFolded ? String.fromCharCode(upperCase(token.text.charCodeAt(0))) : token.text;
  }

  #setNode(set: Uint8Array): PatternNode {
    if (this.#rules.foldCase) {
      foldSet(set);
    }
    return { kind: "set", set };
  }

  #parseGroup(depth: number): PatternNode {
    const number = ++this.#groups;
    this.#advance(true);
    const body = this.#parseChoice(depth + 1);
    if (this.#token.kind !== ")") {
      throw new PatternFault("parenthesis");
    }
    this.#complete = new Set([...this.#complete, number]);
    return { kind: "group", number, body };
  }

  /** How often the piece before may stand, if the token says so. */
  #parseRepetition(): { readonly min: number; readonly max: number } | null {
    const { kind } = this.#token;
    if (kind === "{") {
      return this.#parseInterval();
    }
    if (kind !== "*" && kind !== "+" && kind !== "?") {
      return null;
    }
    this.#advance();
    return { min: kind === "+" ? 1 : 0, max: kind === "?" ? 1 : Number.POSITIVE_INFINITY };
  }

  #parseInterval(): { readonly min: number; readonly max: number } {
    const first = this.#parseBound();
    const hasComma = this.#token.kind !== "end" && this.#token.kind !== "}";
    const isBad = Number.isNaN(first) || (first === null && !hasComma);
    const second = hasComma && !isBad ? this.#parseBound() : first;
    if (isBad || Number.isNaN(second)) {
      throw new PatternFault(this.#token.kind === "end" ? "interval" : "intervalContent");
    }
    const min = first ?? 0;
    const max = second ?? Number.POSITIVE_INFINITY;
    if (min > max || this.#token.kind !== "}") {
      throw new PatternFault("intervalContent");
    }
    if ((second ?? min) > REPEAT_MAX) {
      throw new PatternFault("tooBig");
    }
    this.#advance();
    return { min, max };
  }

  /** A number up to a comma, a closing brace or the end: null where there is none, NaN if it is bad. */
  #parseBound(): number | null {
    let bound: number | null = null;
    for (;;) {
      this.#advance();
      const { kind, text } = this.#token;
      if (kind === "end") {
        return Number.NaN;
      }
      if (kind === "}" || (kind === "byte" && text === ",")) {
        return bound;
      }
      const isDigit = kind === "byte" && text >= "0" && text <= "9";
      bound = isDigit ? Math.min((bound ?? 0) * 10 + Number(text), REPEAT_MAX + 1) : Number.NaN;
    }
  }

  #advance(startsBranch = false): void {
    this.#token = this.#scanner.next(startsBranch);
  }
}
