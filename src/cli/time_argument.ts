/**
 * A span of time on the command line: `90s`, `2h`. A wrong one is an error of usage. Pure.
 */
import { parseSeconds } from "../config/values.ts";
import { CommandError, EXIT } from "./exit_status.ts";
import { printableText } from "./printable.ts";

/** What Postfix's parameters may leave out or put behind it is none here. */
const SYNTAX = /^[0-9]{1,9}[smhdw]$/;

/** In seconds. Throws CommandError. */
export function parseTime(time: string): number {
  const seconds = SYNTAX.test(time) ? parseSeconds(time, "s") : null;
  if (seconds === null) {
    throw new CommandError(
      EXIT.usage,
      `"${printableText(time)}" is no time. A time is a number and its unit: s, m (minutes), h, d or w, as in 90s or ` +
        "2h, and less than 68 years.",
    );
  }
  return seconds;
}
