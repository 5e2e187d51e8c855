/**
 * What to type next, for who has seen what is deferred for some sites. Pure.
 */
import { hasWildcard } from "../index/site_pattern.ts";
import { printable } from "./printable.ts";

const DEFAULT_CONFIG_DIRECTORY = "/etc/postfix";

/** What a shell takes as it stands. */
const PLAIN = /^[A-Za-z0-9@._/:-]+$/;

/** A line with the commands; byte strings in, nothing where a pattern names no single site. */
export function nextCommandsText(patterns: readonly string[], configDirectory: string): string {
  if (patterns.some(hasWildcard)) {
    return "";
  }
  const where =
    configDirectory === DEFAULT_CONFIG_DIRECTORY ? [] : ["-c", quoted(printable(configDirectory))];
  const sites = patterns.map((pattern) => quoted(printable(pattern)));
  const command = (name: string): string => ["fastflush", ...where, name, ...sites].join(" ");
  return `To see what a flush would do: ${command("preview")}\nTo try to deliver now: ${command("send")}\n`;
}

function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
