/**
 * The command column of the flush service's entry in master.cf: whose program it names, and what is behind it. Pure.
 *
 * Commands are as postconf(1) prints them: words parted by single blanks, `{ }` around those that hold blanks. All but
 * the program's name is kept as it is.
 */

/** Ours, from the daemon directory. */
export const OUR_COMMAND = "fastflush/flush";
/** Postfix's own. */
export const ORIGINAL_COMMAND = "flush";

/** Whose program an entry names. */
export type Whose = "fastflush" | "original" | "other";

/** Options of a Postfix daemon that have an argument: behind the letter, or the next word. */
export const WITH_ARGUMENT = "imnorst";

/** Only our program knows it. */
const OURS_ALONE = "-E";

/** Whose program a command names. */
export function whoseCommand(command: string): Whose {
  switch (programOf(command)) {
    case OUR_COMMAND:
      return "fastflush";
    case ORIGINAL_COMMAND:
      return "original";
    default:
      return "other";
  }
}

/** The program's name. */
export function programOf(command: string): string {
  return /^[^ ]*/.exec(command)?.[0] ?? "";
}

/** The same command with our program. */
export function ourCommand(command: string): string {
  return OUR_COMMAND + command.slice(programOf(command).length);
}

/** The same command with the original program, which would not start with an option of ours. */
export function originalCommand(command: string): string {
  const [, ...rest] = words(command);
  return [ORIGINAL_COMMAND, ...rest.filter((word) => word !== OURS_ALONE)].join(" ");
}

/** The letters of the options behind a command, as getopt(3) reads them. */
export function optionLetters(command: string): ReadonlySet<string> {
  const letters = new Set<string>();
  const rest = words(command).slice(1);
  for (let index = 0; index < rest.length; index++) {
    const word = rest[index] ?? "";
    if (!/^-[^-]/.test(word)) {
      break;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at);
      letters.add(letter);
      if (WITH_ARGUMENT.includes(letter)) {
        index += at === word.length - 1 ? 1 : 0;
        break;
      }
    }
  }
  return letters;
}

/** Blanks within braces part nothing. */
export function words(command: string): string[] {
  const found: string[] = [];
  let word = "";
  let depth = 0;
  for (const character of command) {
    if (character === " " && depth === 0) {
      found.push(word);
      word = "";
      continue;
    }
    depth += character === "{" ? 1 : character === "}" ? -1 : 0;
    word += character;
  }
  return [...found, word].filter((each) => each !== "");
}
