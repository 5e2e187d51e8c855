/**
 * Whether a comparison of main.cf holds: `{a} == {b}`, `{a} <level {b}` and their kin.
 *
 * Both sides are whole numbers: by value; else byte by byte, as strcmp(3). Pure.
 */
import { Fatal } from "../effects/fatal.ts";
import { parseCompatibilityLevel } from "./compatibility_level.ts";
import { MacroError } from "./macro_error.ts";
import type { Operator } from "./reference_syntax.ts";

const DIGITS = /^[0-9]+$/;

/** LONG_MAX: what does not fit is fatal, not wrong. */
const NUMBER_MAX = 2n ** 63n - 1n;

/**
 * Compares two expanded texts. Throws MacroError where a compatibility level is malformed, Fatal
 * where a number is too large.
 */
export function comparisonHolds(
  left: string,
  operator: Operator,
  right: string,
  byLevel: boolean,
): boolean {
  if (byLevel) {
    return holds(levelOf(left), operator, levelOf(right));
  }
  if (DIGITS.test(left) && DIGITS.test(right)) {
    return holds(numberOf(left), operator, numberOf(right));
  }
  return holds(left, operator, right);
}

function holds<Value extends string | bigint>(
  left: Value,
  operator: Operator,
  right: Value,
): boolean {
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">=":
      return left >= right;
    case ">":
      return left > right;
  }
}

function levelOf(text: string): bigint {
  const level = parseCompatibilityLevel(text);
  if (level === null) {
    throw new MacroError(`malformed compatibility level syntax: "${text}"`);
  }
  return level;
}

function numberOf(text: string): bigint {
  const value = BigInt(text);
  if (value > NUMBER_MAX) {
    throw new Fatal(`mac_exp_eval: bad conversion: ${text}`);
  }
  return value;
}
