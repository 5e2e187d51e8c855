/**
 * Why a regular expression cannot be used: the reason as regerror(3) of the C library words it,
 * which is what a table's warning says and what its readers search for.
 *
 * Thrown while a pattern is read and caught by posix_pattern.ts; never leaves this room.
 */
export const PATTERN_FAULT = {
  bracket: "Unmatched [, [^, [:, [., or [=",
  characterClass: "Invalid character class name",
  collation: "Invalid collation character",
  interval: "Unmatched \\{",
  intervalContent: "Invalid content of \\{\\}",
  memory: "Memory exhausted",
  parenthesis: "Unmatched ( or \\(",
  pattern: "Invalid regular expression",
  precedingExpression: "Invalid preceding regular expression",
  rangeEnd: "Invalid range end",
  reference: "Invalid back reference",
  tooBig: "Regular expression too big",
  trailingBackslash: "Trailing backslash",
} as const;

export class PatternFault extends Error {
  override readonly name = "PatternFault";

  constructor(fault: keyof typeof PATTERN_FAULT) {
    super(PATTERN_FAULT[fault]);
  }
}
