/**
 * Compatibility levels: `major`, `major.minor` or `major.minor.patch` (postconf(5),
 * compatibility_level, in Postfix 3.6 and later).
 *
 * Pure. Numbers may have white space and a sign before them, as strtol(3) takes them; minor and patch
 * numbers go up to 1023.
 */
declare const compatibilityLevelBrand: unique symbol;

/** A level as one number that compares as levels do. */
export type CompatibilityLevel = bigint & { readonly [compatibilityLevelBrand]: never };

const NUMBER = "[ \\t\\n\\v\\f\\r]*[+-]?[0-9]+";
const LEVEL_SYNTAX = new RegExp(`^(${NUMBER})(?:\\.(${NUMBER})(?:\\.(${NUMBER}))?)?$`);

/** The original packs the three into a signed 64-bit number, ten bits each for minor and patch. */
const PART_BITS = 10n;
const PART_MAX = 1023n;
const MAJOR_MAX = 2n ** 43n - 1n;

/** The level that `text` stands for, or null. A missing minor or patch number is 0. */
export function parseCompatibilityLevel(text: string): CompatibilityLevel | null {
  const match = LEVEL_SYNTAX.exec(text);
  if (match === null) {
    return null;
  }
  const major = numberOf(match[1]);
  const minor = numberOf(match[2]);
  const patch = numberOf(match[3]);
  if (!isWithin(major, MAJOR_MAX) || !isWithin(minor, PART_MAX) || !isWithin(patch, PART_MAX)) {
    return null;
  }
  return ((((major << PART_BITS) | minor) << PART_BITS) | patch) as CompatibilityLevel;
}

function numberOf(text = "0"): bigint {
  const digits = /[0-9]+/.exec(text)?.[0] ?? "0";
  return text.includes("-") ? -BigInt(digits) : BigInt(digits);
}

function isWithin(value: bigint, max: bigint): boolean {
  return value >= 0n && value <= max;
}
