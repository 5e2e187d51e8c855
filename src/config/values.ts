/**
 * Expanded values into typed ones: texts, whole numbers, times, yes and no, lists of names.
 *
 * Pure. Each function takes the parameter's name for the message and throws Fatal with the original's
 * text. Bounds are those of the original's 32-bit integers.
 */
import { Fatal } from "../effects/fatal.ts";
import { parseCompatibilityLevel } from "./compatibility_level.ts";

const INTEGER_MAX = 2 ** 31 - 1;
const INTEGER_MIN = -(2 ** 31);

/** As strtol(3) reads: white space and a sign may stand before the digits. */
const INTEGER_SYNTAX = /^[ \t\n\v\f\r]*[+-]?[0-9]+$/;
const NUMBER_PREFIX = /^[ \t\n\v\f\r]*[+-]?[0-9]+/;

const LIST_SEPARATORS = ", \t\r\n";

/** Units of time by their letters, in seconds (postconf(5)). */
const UNIT_SECONDS = {
  s: 1,
  m: 60,
  h: 60 * 60,
  d: 24 * 60 * 60,
  w: 7 * 24 * 60 * 60,
} as const;

export type TimeUnit = keyof typeof UNIT_SECONDS;

/** Checks the length of a text, in bytes. */
export function parseText(name: string, text: string, lengthMin: number): string {
  if (text.length < lengthMin) {
    throw new Fatal(`bad string length ${text.length} < ${lengthMin}: ${name} = ${text}`);
  }
  return text;
}

/** A whole number in decimal digits. */
export function parseInteger(name: string, text: string, min: number): number {
  const value = INTEGER_SYNTAX.test(text) ? Number(text) : Number.NaN;
  if (!(value >= INTEGER_MIN && value <= INTEGER_MAX)) {
    throw new Fatal(`bad numerical configuration: ${name} = ${text}`);
  }
  if (value < min) {
    throw new Fatal(`invalid ${name} parameter value ${value} < ${min}`);
  }
  return value;
}

/**
 * A time, in seconds. Only the first character behind the number counts as its unit (`1hour` is an
 * hour), a missing number is 0, a missing unit is `unit`; so it is in the original.
 */
export function parseTimeSeconds(
  name: string,
  text: string,
  unit: TimeUnit,
  minSeconds: number,
): number {
  const seconds = parseSeconds(text, unit);
  if (seconds === null) {
    throw new Fatal(`parameter ${name}: bad time value or unit: ${text}`);
  }
  if (seconds < minSeconds) {
    throw new Fatal(`invalid ${name}: ${seconds} (min ${minSeconds})`);
  }
  return seconds;
}

/** The same without a name, and without bounds but those of the original's numbers; null: it is no time. */
export function parseSeconds(text: string, unit: TimeUnit): number | null {
  if (text === "") {
    return null;
  }
  const prefix = NUMBER_PREFIX.exec(text)?.[0] ?? "";
  const suffix = text.charAt(prefix.length);
  const chosen = suffix === "" ? unit : unitNamed(suffix);
  const value = Math.trunc(Number(prefix));
  if (chosen === null || value < 0 || value > valueMax(UNIT_SECONDS[chosen])) {
    return null;
  }
  return value * UNIT_SECONDS[chosen];
}

/** `yes` or `no`, in upper or lower case. */
export function parseBoolean(name: string, text: string): boolean {
  switch (text.toLowerCase()) {
    case "yes":
      return true;
    case "no":
      return false;
    default:
      throw new Fatal(`bad boolean configuration: ${name} = ${text}`);
  }
}

/** Checks the syntax of the compatibility level; the text stays what it is. */
export function parseLevel(text: string): string {
  if (parseCompatibilityLevel(text) === null) {
    throw new Fatal(`malformed compatibility level syntax: "${text}"`);
  }
  return text;
}

/** The names in a list, separated by commas and white space, in lower case. */
export function parseNames(text: string): ReadonlySet<string> {
  return new Set(splitList(text.toLowerCase()));
}

/** The parts of a list that is separated by commas and white space. */
export function splitList(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let index = 0; index <= text.length; index++) {
    if (index === text.length || LIST_SEPARATORS.includes(text.charAt(index))) {
      if (index > start) {
        parts.push(text.slice(start, index));
      }
      start = index + 1;
    }
  }
  return parts;
}

function unitNamed(letter: string): TimeUnit | null {
  return Object.hasOwn(UNIT_SECONDS, letter) ? (letter as TimeUnit) : null;
}

/** The largest value that the original takes; it stops one short where it multiplies. */
function valueMax(unitSeconds: number): number {
  return unitSeconds === 1 ? INTEGER_MAX : Math.floor(INTEGER_MAX / unitSeconds) - 1;
}
