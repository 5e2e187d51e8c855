/** Which Postfix the machine has, by what postconf(1) says. */
import { existsSync } from "node:fs";

/** Without Postfix nothing is run that goes by it. */
const NONE = "4.0";

function readVersion(): string {
  const program = "/usr/sbin/postconf";
  return existsSync(program)
    ? Bun.spawnSync([program, "-dh", "mail_version"]).stdout.toString().trim()
    : NONE;
}

const [MAJOR = 0, MINOR = 0] = readVersion()
  .split(".")
  .map((part) => Number.parseInt(part, 10));

/** Whether the machine's Postfix is older than this release. */
export function isPostfixBefore(major: number, minor: number): boolean {
  return MAJOR < major || (MAJOR === major && MINOR < minor);
}

/** The newest defaults that this Postfix has: it warns of an older level. */
export const COMPATIBILITY_LEVEL = isPostfixBefore(3, 6) ? "2" : `${MAJOR}.${MINOR}`;
