/**
 * The question before something is done: asked at the terminal, and answered by whoever sits there. Nobody's silence is a
 * yes: without a terminal nothing is done.
 */
import type { Terminal } from "../effects/terminal.ts";
import type { CommandTools } from "./command_tools.ts";
import { CommandError, EXIT } from "./exit_status.ts";

/** Arguments of commander's `option`. */
export const YES_OPTION = [
  "-y, --yes",
  "do not ask; needed where there is no terminal to ask at",
] as const;

/** How often it is looked for what is typed: between two looks Ctrl-C is heard. */
const LOOK_MS = 20;

/** What it takes to ask. */
type Asking = Pick<CommandTools, "terminal" | "interrupts" | "clock">;

/** What is said where it can't be asked for. */
export interface Undone {
  /** "Nothing was released". */
  readonly what: string;
  /** "release". */
  readonly verb: string;
  /** How to look at it only: "--dry-run to see what would be released". */
  readonly look: string;
}

/** Throws CommandError where there is no terminal to ask at. */
export function requireTerminal({ canAsk }: Terminal, { what, verb, look }: Undone): void {
  if (!canAsk) {
    throw new CommandError(
      EXIT.usage,
      `${what}: there is no terminal to ask at. Give --yes to ${verb} without being asked, or ${look}.`,
    );
  }
}

/**
 * Asks; false: not to be done, as is what is asked of whoever presses Ctrl-C. `question` is printable.
 */
export async function isAgreed(tools: Asking, question: string): Promise<boolean> {
  const answer = (await answerTo(tools, `${question} [y/N] `))?.toLowerCase();
  return answer === "y" || answer === "yes";
}

/**
 * The same for what can't be taken back: whoever agrees has to type these words, which say what is done. Both are
 * printable.
 */
export async function isTyped(tools: Asking, question: string, words: string): Promise<boolean> {
  return (await answerTo(tools, `${question} Type "${words}": `)) === words;
}

/** Asks for a line, and waits for it, without blanks at its ends; null: the input ended, or Ctrl-C was pressed. */
export async function answerTo(tools: Asking, prompt: string): Promise<string | null> {
  if (!(await isAnswered(tools, prompt))) {
    tools.terminal.err("\n");
    return null;
  }
  return tools.terminal.readLine()?.trim() ?? null;
}

/**
 * Asks, and waits for a line or the end of input; false: Ctrl-C came first. It is listened for before the question
 * shows, as whoever sees that may press it at once.
 */
async function isAnswered(
  { terminal, interrupts, clock }: Asking,
  prompt: string,
): Promise<boolean> {
  let isInterrupted = false;
  const listening = interrupts.listen(() => {
    isInterrupted = true;
  });
  terminal.err(prompt);
  try {
    while (!terminal.hasInput()) {
      if (isInterrupted) {
        return false;
      }
      await new Promise<void>((resolve) => {
        clock.after(LOOK_MS, resolve);
      });
    }
    return true;
  } finally {
    listening.cancel();
  }
}
