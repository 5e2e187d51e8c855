/**
 * Runs the operator's command on a private instance: to its end, or at a pseudo-terminal, as somebody who answers.
 *
 * Its index of deferred mail is kept in the instance's folder, and goes with it.
 */
import { join } from "node:path";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { type Outcome, run } from "../../lab/run.ts";

/** The built command. */
export const PROGRAM = join(import.meta.dir, "..", "..", "dist", "fastflush");

/** A question, and one that is answered with words. */
const QUESTION_ENDS = ["[y/N] ", '": '];
const CTRL_C = "\x03";

/** The words that start it on an instance. */
export function wordsFor(instance: PostfixInstance, words: readonly string[]): string[] {
  const cache = join(instance.folder, "cache");
  return [PROGRAM, "-c", instance.config_folder, "--cache-dir", cache, ...words];
}

/** Runs a command; any exit status is an answer. */
export async function fastflush(instance: PostfixInstance, ...words: string[]): Promise<Outcome> {
  return await run(wordsFor(instance, words));
}

/** What somebody at a terminal does. */
interface Typing {
  /** Typed when the command asks. */
  readonly answer?: string;
  /** Ctrl-C is pressed when this is shown. */
  readonly interruptAt?: string;
}

/** Runs a command at a terminal. */
export async function atTerminal(
  instance: PostfixInstance,
  { answer = "", interruptAt }: Typing,
  ...words: string[]
): Promise<{ readonly status: number; readonly shown: string }> {
  let shown = "";
  const child = Bun.spawn(wordsFor(instance, words), {
    terminal: {
      data: (terminal, bytes) => {
        const before = shown;
        shown += Buffer.from(bytes).toString();
        const isNew = (text: string): boolean => shown.includes(text) && !before.includes(text);
        if (QUESTION_ENDS.some(isNew)) {
          terminal.write(`${answer}\n`);
        }
        if (interruptAt !== undefined && isNew(interruptAt)) {
          terminal.write(CTRL_C);
        }
      },
    },
  });
  const status = await child.exited;
  await instance.waitFor("all to be shown", () => shown.endsWith("\r\n"));
  child.terminal?.close();
  return { status, shown };
}
