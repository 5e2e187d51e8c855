/**
 * An instance of Postfix of which only flush services, SMTP and the log are there: nothing else takes part in
 * a case, and public/qmgr is free for a stand-in.
 */
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FlushEntry, MainValues } from "../../lab/instance_files.ts";
import { SMTP_ADDRESS } from "../../lab/machine.ts";
import type { LogLine } from "../../lab/maillog.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { sendDatagram } from "./kernel.ts";

/** As old as this, a file of the configuration is not read twice. */
const LONG_AGO = new Date("2001-01-01T00:00:00Z");

/** What master(8) says of a process that did not end as it should. */
const BAD_END = /^warning: process \S+ pid (\d+) (exit status|killed by signal:?) (\d+)$/;

/** The tag of our own lines in the log, which tell what has arrived before them. */
const MARK_TAG = "contract";

/** A flush service's entry in master.cf. */
export interface SmallEntry {
  readonly service: string;
  /** Unless set, the one that all entries have. */
  readonly command?: FlushEntry["command"];
  readonly chroot: boolean;
  readonly wakeup: string;
  /** Behind the command, as they are to arrive there. */
  readonly args: readonly string[];
}

/** Makes an instance with these services; it isn't started. */
export async function createSmallMaster(
  command: FlushEntry["command"],
  entries: readonly SmallEntry[],
  main: MainValues = {},
): Promise<PostfixInstance> {
  const flush = { command, chroot: false, args: [] } as const;
  const instance = await PostfixInstance.create({ flush, main, name: "fastflush-contract" });
  writeEntries(instance, command, entries);
  return instance;
}

/** Writes master.cf anew. */
export function writeEntries(
  instance: PostfixInstance,
  command: FlushEntry["command"],
  entries: readonly SmallEntry[],
): void {
  const lines = entries.map(({ service, command: own = command, chroot, wakeup, args }) => {
    const words = args.map((arg) => (/\s/.test(arg) ? `{ ${arg} }` : arg));
    return `${service} unix n - ${chroot ? "y" : "n"} ${wakeup} 0 ${[own, ...words].join(" ")}\n`;
  });
  writeCold(
    join(instance.config_folder, "master.cf"),
    `${SMTP_ADDRESS}:${instance.smtp_port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
${lines.join("")}`,
  );
}

/** Writes a file of the configuration, a byte string. */
export function writeCold(path: string, text: string): void {
  writeFileSync(path, Buffer.from(text, "latin1"));
  utimesSync(path, LONG_AGO, LONG_AGO);
}

/** The process and the end that a line of master's tells of; null for any other line. */
export function badEndOf(text: string): { readonly pid: number; readonly end: string } | null {
  const [, pid, how, number] = BAD_END.exec(text) ?? [];
  return pid === undefined
    ? null
    : { pid: Number(pid), end: `${how === "exit status" ? how : "signal"} ${number}` };
}

/** The lines of the log behind `mark`, all that were sent until now. */
export async function linesSince(instance: PostfixInstance, mark: number): Promise<LogLine[]> {
  const text = crypto.randomUUID();
  const line = `Nov 23 00:00:00 relay ${MARK_TAG}[1]: ${text}`;
  sendDatagram(join(instance.queue_folder, "public/postlog"), line);
  await instance.waitFor("the log", () =>
    instance.log.linesSince(mark).some((each) => each.text === text),
  );
  return instance.log.linesSince(mark).filter(({ tag }) => tag !== MARK_TAG);
}
