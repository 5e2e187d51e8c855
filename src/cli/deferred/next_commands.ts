/**
 * What to type next, for who has seen what is deferred for some sites. Pure.
 */
import { hasWildcard } from "../../index/site_pattern.ts";
import { quoted } from "../../installation/shell_words.ts";
import { commandOn } from "../command_on.ts";
import { printable } from "../printable.ts";

/** Two lines with the commands for these sites (byte strings); none where sites and patterns are mixed. */
export function nextCommandsText(patterns: readonly string[], configDirectory: string): string {
  const globs = patterns.filter(hasWildcard);
  if (globs.length > 0 && globs.length < patterns.length) {
    return "";
  }
  const fastflush = commandOn("fastflush", configDirectory);
  const sites = patterns.flatMap((pattern) => {
    const word = quoted(printable(pattern));
    return hasWildcard(pattern) ? ["--match", word] : [word];
  });
  const command = (name: string): string => [fastflush, name, ...sites].join(" ");
  return (
    `To see what a flush of these sites would do: ${command("preview")}\n` +
    `To try to deliver their mail now: ${command("send")}\n`
  );
}
