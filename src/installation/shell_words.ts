/**
 * Words for a shell: what an operator is told to type has to mean what is meant. Pure: nothing here is run.
 */

import { DEFAULT_DIRECTORY } from "./survey.ts";

const SAFE_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A word as a shell takes it. Whatever bytes or characters it is made of stay what they are. */
export function quoted(word: string): string {
  return SAFE_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Words as one command. */
export function commandLine(...words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

/** What names an instance behind a command's name, with a blank in front; nothing for the one that is meant without. */
export function instanceOption(configDirectory: string): string {
  return configDirectory === DEFAULT_DIRECTORY ? "" : ` -c ${quoted(configDirectory)}`;
}
