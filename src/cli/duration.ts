/**
 * Lengths of time on a command line: a whole number and its unit, as in `90s`, `10m`, `2h`, `1d`. Pure.
 */
import { CommandError, EXIT } from "./exit_status.ts";
import { printableText } from "./printable.ts";

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const SYNTAX = /^([0-9]{1,7})([smhd])$/;

/** In seconds. Throws CommandError, which names the option. */
export function parseDuration(option: string, text: string): number {
  const [, number = "", unit = ""] = SYNTAX.exec(text) ?? [];
  const unitSeconds = UNIT_SECONDS[unit];
  if (unitSeconds === undefined) {
    throw new CommandError(
      EXIT.usage,
      `${option} ${printableText(text)}: that is no length of time. Give a number and its unit, as in 90s, 10m, 2h ` +
        "or 1d. Nothing was done.",
    );
  }
  return Number(number) * unitSeconds;
}
