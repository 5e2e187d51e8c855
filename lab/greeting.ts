/**
 * What a flush service of the machine's Postfix says before it reads anything: nothing before Postfix 3.6.
 *
 * Goes by what postconf(1) says; our service goes by something else, so that each can find the other wrong.
 */
import { existsSync } from "node:fs";

/** Since when there is one. */
const MAJOR = 3;
const MINOR = 6;

function isExpected(): boolean {
  if (!existsSync("/usr/sbin/postconf")) {
    return true;
  }
  const version = Bun.spawnSync(["/usr/sbin/postconf", "-dh", "mail_version"]).stdout.toString();
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return major > MAJOR || (major === MAJOR && minor >= MINOR);
}

/** Empty: clients write at once. */
export const GREETING = isExpected() ? "protocol\0queue_flush_protocol\0\0" : "";

/**
 * Where nobody greets, nothing tells that a client was accepted: it is taken for so when there is a process, and so long
 * after.
 */
export const ACCEPT_MS = 300;
