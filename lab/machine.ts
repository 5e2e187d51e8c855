/**
 * What the machine must have for a private Postfix instance, and what it says of itself.
 *
 * Only looks. Whatever is missing is a LabError whose message is one sentence for an operator.
 */
import { existsSync } from "node:fs";
import { PROGRAM } from "./instance_files.ts";
import { freePort, isFree } from "./loopback.ts";
import { runOrThrow } from "./run.ts";

/** Where an instance speaks SMTP. Destinations are on other loopback addresses. */
export const SMTP_ADDRESS = "127.0.0.1";

/** An instance can't be made or run here. */
export class LabError extends Error {
  override readonly name = "LabError";
}

/** The user and group that Postfix's daemons run as. */
export interface MailOwner {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Asks Postfix for its mail owner (the built-in default) and the system for the numbers. */
export async function findMailOwner(): Promise<MailOwner> {
  const name = (await runOrThrow(["postconf", "-dh", "mail_owner"])).stdout.trim();
  const [, , uid, gid] = (await runOrThrow(["getent", "passwd", name])).stdout.split(":");
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** Throws LabError unless we are root, Postfix is installed and, if needed, our program is built. */
export function checkMachine(needs_program: boolean): void {
  if (process.getuid?.() !== 0) {
    throw new LabError("A private Postfix instance needs root: its daemons change their user.");
  }
  if (!existsSync("/usr/sbin/postfix")) {
    throw new LabError("Postfix is not installed: /usr/sbin/postfix is missing.");
  }
  if (needs_program && !existsSync(PROGRAM)) {
    throw new LabError(`The flush service is not built: ${PROGRAM} is missing (npm run build).`);
  }
}

/** The SMTP port: `wanted`, or LabError if that is taken; a free one if none is wanted. */
export async function choosePort(wanted: number | undefined): Promise<number> {
  if (wanted === undefined) {
    return await freePort(SMTP_ADDRESS);
  }
  if (!(await isFree(SMTP_ADDRESS, wanted))) {
    throw new LabError(`Port ${wanted} on ${SMTP_ADDRESS} is taken: choose another one.`);
  }
  return wanted;
}
