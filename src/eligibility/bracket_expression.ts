/**
 * Bracket expressions of POSIX regular expressions, such as `[^a-z[:digit:]]`.
 *
 * Implements regex(7) as the GNU C library reads it in the C locale: a backslash is literal, collating
 * elements and equivalence classes are single bytes, ranges go by byte value. Throws PatternFault.
 */
import { addClass, addRange, type ByteSet, complement, emptySet, upperCase } from "./byte_set.ts";
import { PatternFault } from "./pattern_fault.ts";

/** Options of a regular expression that change what a bracket expression means. */
export interface BracketRules {
  /** Match lower and upper case ASCII letters alike; the result is then in upper case only. */
  readonly foldCase: boolean;
  /** A negated expression does not match a newline. */
  readonly newlineSensitive: boolean;
}

/** A bracket expression that was read. */
export interface Bracket {
  readonly set: ByteSet;
  /** Index of the first character behind the closing bracket. */
  readonly end: number;
}

/** `text` is the byte, or what stands between the inner brackets. Only the first two make ranges. */
interface Element {
  readonly kind: "byte" | "collating element" | "equivalence class" | "character class";
  readonly text: string;
}

/** Longest name between `[:` and `:]`; longer ones count as never closed. */
const NAME_LENGTH_MAX = 31;

const NEWLINE = 0x0a;

/** Reads a bracket expression; `start` is the index behind its opening bracket. */
export function parseBracket(text: string, start: number, rules: BracketRules): Bracket {
  return new BracketParser(text, start, rules).parse();
}

class BracketParser {
  readonly #text: string;
  readonly #rules: BracketRules;
  readonly #set = emptySet();
  #position: number;

  constructor(text: string, start: number, rules: BracketRules) {
    this.#text = text;
    this.#position = start;
    this.#rules = rules;
  }

  parse(): Bracket {
    const negated = this.#skip("^");
    if (this.#peek() === "") {
      throw new PatternFault("pattern");
    }
    const first = this.#position;
    while (this.#position === first || !this.#skip("]")) {
      this.#parseItem(this.#position === first);
    }
    return { set: negated ? this.#negate() : this.#set, end: this.#position };
  }

  #negate(): ByteSet {
    if (this.#rules.newlineSensitive) {
      this.#set[NEWLINE] = 1;
    }
    return complement(this.#set);
  }

  /** One element, or a range of two. A hyphen may stand for itself only first, last or as an end. */
  #parseItem(isFirst: boolean): void {
    if (!isFirst && this.#peek() === "-" && this.#peek(1) !== "]") {
      throw new PatternFault("rangeEnd");
    }
    const element = this.#parseElement();
    if (canBeEnd(element) && this.#peek() === "") {
      throw new PatternFault("bracket");
    }
    if (canBeEnd(element) && this.#peek() === "-" && this.#peek(1) !== "]") {
      this.#position++;
      this.#addRange(element, this.#parseElement());
    } else if (element.kind === "character class") {
      this.#addClass(element.text);
    } else {
      this.#set[this.#byteOf(element)] = 1;
    }
  }

  #addRange(first: Element, last: Element): void {
    if (!canBeEnd(last)) {
      throw new PatternFault("rangeEnd");
    }
    const [firstByte, lastByte] = [this.#byteOf(first), this.#byteOf(last)];
    if (firstByte > lastByte) {
      throw new PatternFault("rangeEnd");
    }
    addRange(this.#set, firstByte, lastByte);
  }

  #addClass(name: string): void {
    const isCase = name === "upper" || name === "lower";
    if (!addClass(this.#set, isCase && this.#rules.foldCase ? "alpha" : name)) {
      throw new PatternFault("characterClass");
    }
  }

  #byteOf(element: Element): number {
    if (element.text.length !== 1) {
      throw new PatternFault("collation");
    }
    const byte = element.text.charCodeAt(0);
    return this.#rules.foldCase ? upperCase(byte) : byte;
  }

  #parseElement(): Element {
    switch (this.#peek() === "[" ? this.#peek(1) : "") {
      case ":":
        return { kind: "character class", text: this.#parseName(":") };
      case ".":
        return { kind: "collating element", text: this.#parseName(".") };
      case "=":
        return { kind: "equivalence class", text: this.#parseName("=") };
    }
    const text = this.#peek();
    if (text === "") {
      throw new PatternFault("bracket");
    }
    this.#position++;
    return { kind: "byte", text };
  }

  /** What stands between `[:` and `:]`, or the same with another delimiter. */
  #parseName(delimiter: string): string {
    const start = this.#position + 2;
    const end = this.#text.indexOf(`${delimiter}]`, start);
    if (end < 0 || end - start > NAME_LENGTH_MAX) {
      throw new PatternFault("bracket");
    }
    this.#position = end + 2;
    return this.#text.slice(start, end);
  }

  #skip(character: string): boolean {
    const isThere = this.#peek() === character;
    this.#position += isThere ? 1 : 0;
    return isThere;
  }

  #peek(distance = 0): string {
    return this.#text[this.#position + distance] ?? "";
  }
}

function canBeEnd(element: Element): boolean {
  return element.kind === "byte" || element.kind === "collating element";
}
