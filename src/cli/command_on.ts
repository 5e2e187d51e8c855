/**
 * The beginning of a command that advice tells people to type: a program, and the instance that is meant. Pure.
 */
import { instanceOption } from "../installation/shell_words.ts";
import { printable } from "./printable.ts";

/** "fastflush -c /etc/postfix-out"; the program alone for the instance that is meant without. `configDirectory`: a byte string. */
export function commandOn(program: string, configDirectory: string): string {
  return program + printable(instanceOption(configDirectory));
}
