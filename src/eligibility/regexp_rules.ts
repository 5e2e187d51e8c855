/**
 * Reads the rules of a regexp_table(5).
 *
 * A rule that cannot be used is left out with a warning, in the words of the original; so is a bad IF or
 * ENDIF. What a rule's result text says is not kept, as only whether it matches counts.
 */

import type { UsableLine } from "../config/logical_lines.ts";
import type { Log } from "../effects/log.ts";
import { compilePosixPattern, type PosixPattern } from "./posix_pattern.ts";
import { readReferences } from "./replacement_text.ts";
import { SPACE, trimSpace } from "./tokens.ts";

/** A pattern and whether it is to match, or not to. */
export interface Condition {
  readonly pattern: PosixPattern;
  readonly expected: boolean;
}

export type Rule =
  | {
      readonly kind: "match";
      /** All must hold. */
      readonly conditions: readonly Condition[];
      readonly value: string;
      readonly lineNumber: number;
    }
  | {
      readonly kind: "if";
      readonly conditions: readonly Condition[];
      readonly lineNumber: number;
      /** Index of the first rule behind the ENDIF. */
      end: number;
    };

/** A pattern as written: what stands between the delimiters, and the options behind them. */
interface WrittenPattern {
  readonly source: string;
  readonly expected: boolean;
  readonly foldCase: boolean;
  readonly newlineSensitive: boolean;
  readonly extended: boolean;
}

const IF = /^if(?![A-Za-z0-9])/i;
const ENDIF = /^endif(?![A-Za-z0-9])/i;
const STARTS_WITH_LETTER_OR_DIGIT = /^[A-Za-z0-9]/;
const NEGATIONS = new RegExp(`^(?:![${SPACE}]*)*`);
const LEADING_SPACE = new RegExp(`^[${SPACE}]*`);
const OPTIONS = new RegExp(`^[^!${SPACE}]*`);

/** Thrown to leave a line out; carries what is logged. */
class BadRule extends Error {
  override readonly name = "BadRule";
}

/** The usable rules of some lines; `map` names the table in warnings. */
export function readRegexpRules(lines: readonly UsableLine[], map: string, log: Log): Rule[] {
  return new RuleReader(map, log).read(lines);
}

class RuleReader {
  readonly #map: string;
  readonly #log: Log;
  readonly #rules: Rule[] = [];
  readonly #openIfs: (Rule & { readonly kind: "if" })[] = [];
  /** What is left of the current line. */
  #rest = "";
  #lineNumber = 0;

  constructor(map: string, log: Log) {
    this.#map = map;
    this.#log = log;
  }

  read(lines: readonly UsableLine[]): Rule[] {
    for (const line of lines) {
      this.#rest = trimSpace(line.text);
      this.#lineNumber = line.lineNumber;
      try {
        this.#readLine();
      } catch (caught) {
        if (!(caught instanceof BadRule)) {
          throw caught;
        }
        this.#warn(caught.message);
      }
    }
    for (const open of this.#openIfs.reverse()) {
      open.end = this.#rules.length;
      this.#lineNumber = open.lineNumber;
      this.#warn("IF has no matching ENDIF");
    }
    return this.#rules;
  }

  #readLine(): void {
    if (!STARTS_WITH_LETTER_OR_DIGIT.test(this.#rest)) {
      this.#readMatch();
    } else if (IF.test(this.#rest)) {
      this.#take(IF);
      this.#readIf();
    } else if (ENDIF.test(this.#rest)) {
      this.#take(ENDIF);
      this.#readEndif();
    } else {
      throw new BadRule("ignoring unrecognized request");
    }
  }

  /** `/pattern/options text`, or `/pattern/options!/pattern/options text`. */
  #readMatch(): void {
    const written = [this.#readPattern()];
    const first = written[0];
    if (this.#rest.startsWith("!")) {
      this.#rest = this.#rest.slice(1);
      const second = this.#readPattern();
      written.push({ ...second, expected: !second.expected });
    }
    const value = trimSpace(this.#rest);
    if (value === "") {
      this.#warn("no replacement text: using empty string");
    }
    const highest = this.#highestReference(value);
    if (first?.expected === false && highest > 0) {
      throw new BadRule("$number found in negative match replacement text: skipping this rule");
    }
    const conditions = written.map((pattern, index) => {
      const condition = compile(pattern);
      if (index === 0 && highest > condition.pattern.groups) {
        throw new BadRule(`out of range replacement index "${highest | 0}": skipping this rule`);
      }
      return condition;
    });
    this.#rules.push({ kind: "match", conditions, value, lineNumber: this.#lineNumber });
  }

  #highestReference(value: string): number {
    const { highest, warnings } = readReferences(value, this.#place());
    for (const warning of warnings) {
      this.#log.warning(warning);
    }
    if (warnings.length > 0) {
      throw new BadRule("bad replacement syntax: skipping this rule");
    }
    return highest;
  }

  #readIf(): void {
    this.#take(LEADING_SPACE);
    const written = this.#readPattern();
    const rest = trimSpace(this.#rest);
    if (rest !== "") {
      this.#warn(`ignoring extra text after IF statement: "${rest}"`);
      this.#warn("do not prepend whitespace to statements between IF and ENDIF");
    }
    const lineNumber = this.#lineNumber;
    const rule = { kind: "if" as const, conditions: [compile(written)], lineNumber, end: 0 };
    this.#rules.push(rule);
    this.#openIfs.push(rule);
  }

  #readEndif(): void {
    const open = this.#openIfs.pop();
    if (open === undefined) {
      throw new BadRule("ignoring ENDIF without matching IF");
    }
    open.end = this.#rules.length;
    if (trimSpace(this.#rest) !== "") {
      this.#warn("ignoring extra text after ENDIF");
    }
  }

  /** Takes `!`s, a delimited pattern and its options off the line, up to white space or a `!`. */
  #readPattern(): WrittenPattern {
    this.#take(LEADING_SPACE);
    const negations = this.#take(NEGATIONS).split("!").length - 1;
    const delimiter = this.#rest.charAt(0);
    if (delimiter === "") {
      throw new BadRule("no regexp: skipping this rule");
    }
    const end = this.#delimiterIndex(delimiter);
    if (end < 0) {
      throw new BadRule(`no closing regexp delimiter "${delimiter}": skipping this rule`);
    }
    const source = this.#rest.slice(1, end);
    this.#rest = this.#rest.slice(end + 1);
    // Each option letter toggles a setting: by default case is folded and the syntax is extended.
    const count: Record<string, number> = { i: 0, m: 0, x: 0 };
    for (const letter of this.#take(OPTIONS)) {
      const before = count[letter];
      if (before === undefined) {
        throw new BadRule(`unknown regexp option "${letter}": skipping this rule`);
      }
      count[letter] = before + 1;
    }
    return {
      source,
      expected: negations % 2 === 0,
      foldCase: isEven(count["i"]),
      newlineSensitive: !isEven(count["m"]),
      extended: isEven(count["x"]),
    };
  }

  /** Where the closing delimiter is: not behind a backslash. */
  #delimiterIndex(delimiter: string): number {
    for (let index = 1; index < this.#rest.length; index++) {
      const character = this.#rest.charAt(index);
      if (character === "\\") {
        index++;
      } else if (character === delimiter) {
        return index;
      }
    }
    return -1;
  }

  /** Removes from the line what an expression matches at its start, and returns it. */
  #take(expression: RegExp): string {
    const taken = expression.exec(this.#rest)?.[0] ?? "";
    this.#rest = this.#rest.slice(taken.length);
    return taken;
  }

  #place(): string {
    return `${this.#map}, line ${this.#lineNumber}`;
  }

  #warn(text: string): void {
    this.#log.warning(`${this.#place()}: ${text}`);
  }
}

function isEven(count: number | undefined): boolean {
  return (count ?? 0) % 2 === 0;
}

function compile(written: WrittenPattern): Condition {
  const pattern = compilePosixPattern(written.source, written);
  if ("fault" in pattern) {
    throw new BadRule(pattern.fault);
  }
  return { pattern, expected: written.expected };
}
