/**
 * A regular expression as a tree: what posix_pattern.ts reads and the matchers walk.
 */
import { type ByteSet, upperCase } from "./byte_set.ts";

/** Conditions on a place in the text; none of them takes up a byte. */
export type Assertion =
  | "text start"
  | "text end"
  | "line start"
  | "line end"
  | "word edge"
  | "no word edge"
  | "word start"
  | "word end";

export type PatternNode =
  /** One byte out of a set. */
  | { readonly kind: "set"; readonly set: ByteSet }
  | { readonly kind: "assertion"; readonly assertion: Assertion }
  /** One after the other; an empty list matches the empty text. */
  | { readonly kind: "sequence"; readonly parts: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly branches: readonly PatternNode[] }
  /** `max` may be Infinity. */
  | {
      readonly kind: "repeat";
      readonly body: PatternNode;
      readonly min: number;
      readonly max: number;
    }
  /** A parenthesised part, numbered from 1. */
  | { readonly kind: "group"; readonly number: number; readonly body: PatternNode }
  /** What the group matched last, again. */
  | { readonly kind: "reference"; readonly number: number };

/** What surrounds a place in the text, as far as assertions care. */
export type Surrounding = "edge" | "newline" | "word" | "other";

const NEWLINE = 0x0a;
const UNDERSCORE = 0x5f;

/** The surrounding that a byte makes; "edge" for undefined, where the text begins or ends. */
export function surroundingOf(byte: number | undefined): Surrounding {
  if (byte === undefined) {
    return "edge";
  }
  if (byte === NEWLINE) {
    return "newline";
  }
  return isWordByte(byte) ? "word" : "other";
}

function isWordByte(byte: number): boolean {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  const upper = upperCase(byte);
  return isDigit || (upper >= 0x41 && upper <= 0x5a) || byte === UNDERSCORE;
}

/** Whether an assertion holds between two surroundings. */
export function holds(assertion: Assertion, before: Surrounding, after: Surrounding): boolean {
  switch (assertion) {
    case "text start":
      return before === "edge";
    case "text end":
      return after === "edge";
    case "line start":
      return before === "edge" || before === "newline";
    case "line end":
      return after === "edge" || after === "newline";
    case "word edge":
      return (before === "word") !== (after === "word");
    case "no word edge":
      return (before === "word") === (after === "word");
    case "word start":
      return before !== "word" && after === "word";
    case "word end":
      return before === "word" && after !== "word";
  }
}
