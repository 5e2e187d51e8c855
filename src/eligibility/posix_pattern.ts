/**
 * POSIX regular expressions, extended and basic, for yes-or-no questions about byte strings.
 *
 * Implements regex(7) as the GNU C library does in the C locale, which is what regexp_table(5) is
 * matched with. JavaScript's own engine is not used: it backtracks, so that one name from outside
 * could stop the service; it cannot fail on a back-reference to a group that has not matched.
 */
import { PatternAutomaton } from "./pattern_automaton.ts";
import { PatternBacktracker } from "./pattern_backtracker.ts";
import { PATTERN_FAULT, PatternFault } from "./pattern_fault.ts";
import { parsePattern } from "./pattern_parser.ts";
import type { PatternRules } from "./pattern_scanner.ts";

export interface PosixPattern {
  /** How many parenthesised groups the pattern has. */
  readonly groups: number;
  /** Whether some part of a byte string without NUL matches; else a reason, as in `fault`. */
  matches(text: string): boolean | { readonly fault: string };
}

/** A pattern that can be matched, or the reason why not, in the C library's words. */
export function compilePosixPattern(
  text: string,
  rules: PatternRules,
): PosixPattern | { readonly fault: string } {
  try {
    const { root, groups, hasReference } = parsePattern(text, rules);
    if (!hasReference) {
      const automaton = new PatternAutomaton(root);
      return { groups, matches: (subject) => automaton.matches(subject) };
    }
    const backtracker = new PatternBacktracker(root, groups, rules.foldCase);
    return {
      groups,
      matches: (subject) => backtracker.matches(subject) ?? { fault: PATTERN_FAULT.memory },
    };
  } catch (caught) {
    if (caught instanceof PatternFault) {
      return { fault: caught.message };
    }
    throw caught;
  }
}
