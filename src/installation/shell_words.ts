/**
 * Words for a shell: what an operator is told to type has to mean what is meant. Pure: nothing here is run.
 */

const SAFE_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A word as a shell takes it. Whatever bytes or characters it is made of stay what they are. */
export function quoted(word: string): string {
  return SAFE_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Words as one command. */
export function commandLine(...words: readonly string[]): string {
  return words.map(quoted).join(" ");
}
