/**
 * The question before something is done: asked at the terminal, and answered by whoever sits there. Nobody's silence is a
 * yes: without a terminal nothing is done.
 */
import type { Terminal } from "../effects/terminal.ts";
import { CommandError, EXIT } from "./exit_status.ts";

/** Arguments of commander's `option`. */
export const YES_OPTION = [
  "-y, --yes",
  "do not ask; needed where there is no terminal to ask at",
] as const;

/** What is said where it can't be asked for. */
export interface Undone {
  /** "Nothing was released". */
  readonly what: string;
  /** "release". */
  readonly verb: string;
  /** What a dry run shows: "what would be released". */
  readonly shown: string;
}

/** Throws CommandError where there is no terminal to ask at. */
export function requireTerminal({ canAsk }: Terminal, { what, verb, shown }: Undone): void {
  if (!canAsk) {
    throw new CommandError(
      EXIT.usage,
      `${what}: there is no terminal to ask at. Give --yes to ${verb} without being asked, or --dry-run to see ${shown}.`,
    );
  }
}

/** Asks; false: not to be done. `question` is printable. */
export function isAgreed(terminal: Terminal, question: string): boolean {
  terminal.err(`${question} [y/N] `);
  const answer = terminal.readLine()?.trim().toLowerCase();
  return answer === "y" || answer === "yes";
}
