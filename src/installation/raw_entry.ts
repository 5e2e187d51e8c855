/**
 * The entry of the flush service as master.cf itself has it, and what of it postconf(1) can't keep. Pure.
 *
 * master(8) takes words as getopt(3) does, and off each the braces around it: `{ -o name = value }` is one word.
 * postconf reads the same without the braces, as five words, and writes it so; and it parts `-oname=value` at each
 * further letter o. Behind a `-o` of its own it keeps everything.
 */
import { WITH_ARGUMENT, words } from "./flush_entry.ts";

/** Seven columns, and the program. */
const WORDS_BEFORE_OPTIONS = 8;

/** The first word of the entry that postconf would write as something else; null: there is none. */
export function notKept(master: string, service: string): string | null {
  const entry = entryLines(master).find((line) => {
    const [name, type] = line.split(" ", 2);
    return name === service && type === "unix";
  });
  const options = words(entry ?? "").slice(WORDS_BEFORE_OPTIONS);
  return options.find((word, index) => !isKept(word, options[index - 1] ?? "")) ?? null;
}

function isKept(word: string, before: string): boolean {
  if (word.startsWith("{")) {
    return argumentAt(before) === before.length && before.endsWith("o");
  }
  const at = argumentAt(word);
  return at === null || !word.slice(at).includes("o");
}

/** Where the argument of the last option in a word would begin; null: none of them has one. */
function argumentAt(word: string): number | null {
  const letters = /^-[^-]/.test(word) ? [...word] : [];
  const index = letters.findIndex((letter) => WITH_ARGUMENT.includes(letter));
  return index === -1 ? null : index + 1;
}

/** Each entry in one line, blanks made single; without comments, also those within an entry. */
function entryLines(master: string): string[] {
  const lines = master.split("\n").filter((line) => !/^\s*(?:#|$)/.test(line));
  const joined = lines.join("\n").replace(/\n\s+/g, " ");
  return joined.split("\n").map((line) => line.replace(/\s+/g, " ").trim());
}
