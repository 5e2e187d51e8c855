/**
 * A `$name` expression that cannot be evaluated.
 *
 * `message` is the warning that Postfix logs; whoever asked for the value logs it, with
 * `fatal: dictionary mail_dict: macro processing error` behind it.
 */
export class MacroError extends Error {
  override readonly name = "MacroError";
}

/** How much of what follows the place of an error is shown, as in the original. */
const SHOWN_CHARACTERS = 20;

/** `PROBLEM at: "...BEFORE>>>BEHIND"`: the arrow stands where the text goes wrong. */
export function errorAt(problem: string, before: string, behind: string): MacroError {
  return new MacroError(`${problem} at: "...${before}>>>${behind.slice(0, SHOWN_CHARACTERS)}"`);
}
