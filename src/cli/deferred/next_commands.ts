/**
 * What to type next, for who has seen what is deferred for some sites. Pure.
 */
import { hasWildcard } from "../../index/site_pattern.ts";
import { printable } from "../printable.ts";

const DEFAULT_CONFIG_DIRECTORY = "/etc/postfix";

/** What a shell takes as it stands. */
const PLAIN = /^[A-Za-z0-9@._/:-]+$/;

/** Two lines with the commands for these sites (byte strings); none where sites and patterns are mixed. */
export function nextCommandsText(patterns: readonly string[], configDirectory: string): string {
  const globs = patterns.filter(hasWildcard);
  if (globs.length > 0 && globs.length < patterns.length) {
    return "";
  }
  const where =
    configDirectory === DEFAULT_CONFIG_DIRECTORY ? [] : ["-c", quoted(printable(configDirectory))];
  const sites = patterns.flatMap((pattern) => {
    const word = quoted(printable(pattern));
    return hasWildcard(pattern) ? ["--match", word] : [word];
  });
  const command = (name: string): string => ["fastflush", ...where, name, ...sites].join(" ");
  return (
    `To see what a flush of these sites would do: ${command("preview")}\n` +
    `To try to deliver their mail now: ${command("send")}\n`
  );
}

function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
