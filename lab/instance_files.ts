/**
 * The files of a private Postfix instance: what is in its folder, and what its main.cf and master.cf say.
 *
 * Everything that its processes need lies in the folder or under /usr. Executables are copies, so that
 * the machine's own are not touched, so that what is built anew meanwhile doesn't change under a running
 * instance, and so that an executable's path tells whose process it is. Nothing here is started.
 */

import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { COMPATIBILITY_LEVEL } from "./postfix_version.ts";
import { runOrThrow } from "./run.ts";

/** An entry for a flush service in master.cf. */
export interface FlushEntry {
  readonly service: string;
  /** `flush` is the original, `fastflush/flush` ours; the path is from the daemon directory. */
  readonly command: "flush" | "fastflush/flush";
  readonly chroot: boolean;
  /** Behind the command: `-v`, `-o`, `max_use=2`, … */
  readonly args: readonly string[];
  /** When master(8) wakes it; unless set, as in the entry that Postfix comes with. */
  readonly wake_up?: string;
}

/** Values for main.cf, by parameter name. */
export type MainValues = Readonly<Record<string, string>>;

/** Where our own program is, once built. */
export const PROGRAM = join(import.meta.dir, "..", "dist", "flush");

/** What meta_directory must hold; the rest of it is of no use here. */
const META_FILES = ["postfix-files", "postfix-files.d", "dynamicmaps.cf", "dynamicmaps.cf.d"];

/** As old as this, main.cf is not read twice (POSTFIX-FLUSH-SPEC 6.1): that saves 300 ms a process. */
const COLD_SECONDS = 10;

/** The built-in default of a parameter of the installed Postfix. */
async function builtIn(name: string): Promise<string> {
  return (await runOrThrow(["postconf", "-dhx", name])).stdout.trim();
}

function mainCf(folder: string, values: MainValues): string {
  const all: MainValues = {
    compatibility_level: COMPATIBILITY_LEVEL,
    config_directory: join(folder, "conf"),
    queue_directory: join(folder, "queue"),
    data_directory: join(folder, "data"),
    daemon_directory: join(folder, "sbin"),
    meta_directory: join(folder, "meta"),
    maillog_file: join(folder, "maillog"),
    maillog_file_prefixes: folder,
    myhostname: "relay.example",
    inet_interfaces: "127.0.0.1",
    inet_protocols: "ipv4",
    mynetworks: "127.0.0.0/8",
    // Else smtp(8) of 3.11 would wait a second for a tlsmgr(8) that the lab has not.
    smtp_tls_security_level: "none",
    // No name is looked up anywhere, nothing is delivered on this machine, nobody is told of anything.
    smtp_dns_support_level: "disabled",
    smtpd_peername_lookup: "no",
    mydestination: "",
    local_recipient_maps: "",
    alias_maps: "",
    alias_database: "",
    notify_classes: "",
    default_transport: "discard",
    // Only a flush delivers again, not the ordinary retries.
    queue_run_delay: "1d",
    minimal_backoff_time: "1d",
    maximal_backoff_time: "1d",
    // A delivery has a connection of its own: none outlives the destination that it went to.
    smtp_connection_cache_on_demand: "no",
    in_flow_delay: "0s",
    fast_flush_domains: "static:all",
    ...values,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}

function flushLine(entry: FlushEntry): string {
  const chroot = entry.chroot ? "y" : "n";
  const wake_up = entry.wake_up ?? "1000?";
  return `${entry.service} unix n - ${chroot} ${wake_up} 0 ${[entry.command, ...entry.args].join(" ")}`;
}

function masterCf(smtp: string, entries: readonly FlushEntry[]): string {
  return `${smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
${entries.map(flushLine).join("\n")}
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
}

function writeCold(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o644); // Whatever the umask was.
  const then = Date.now() / 1000 - COLD_SECONDS;
  utimesSync(path, then, then);
}

/** Writes main.cf: the lab's own values, with `values` added or instead. */
export function writeMain(folder: string, values: MainValues): void {
  writeCold(join(folder, "conf", "main.cf"), mainCf(folder, values));
}

/** Writes master.cf: SMTP at `smtp` (address:port), and `entries` for the flush service(s). */
export function writeMaster(folder: string, smtp: string, entries: readonly FlushEntry[]): void {
  writeCold(join(folder, "conf", "master.cf"), masterCf(smtp, entries));
}

function makeFolders(folder: string, owner: { readonly uid: number; readonly gid: number }): void {
  chmodSync(folder, 0o755);
  for (const name of ["conf", "meta", "sbin", "sbin/fastflush", "bin", "queue"]) {
    mkdirSync(join(folder, name), { mode: 0o755 });
    chmodSync(join(folder, name), 0o755); // Whatever the umask was.
  }
  for (const name of ["data", "received"]) {
    mkdirSync(join(folder, name), { mode: 0o700 });
    chownSync(join(folder, name), owner.uid, owner.gid);
  }
}

/** Copies an executable; root's, whoever owned it, or `postfix check` would complain. */
export function copyProgram(from: string, to: string): void {
  copyFileSync(from, to);
  chownSync(to, 0, 0);
  chmodSync(to, 0o755);
}

/**
 * Fills `folder`: daemons, our own program if `program` is given, smtp-sink(1), and empty folders for
 * queue, data and what destinations receive. `owner` is the user that Postfix's daemons run as.
 */
export async function layOut(
  folder: string,
  owner: { readonly uid: number; readonly gid: number },
  program: string | undefined,
): Promise<void> {
  makeFolders(folder, owner);
  cpSync(await builtIn("daemon_directory"), join(folder, "sbin"), { recursive: true });
  const meta = await builtIn("meta_directory");
  for (const name of META_FILES.filter((file) => existsSync(join(meta, file)))) {
    cpSync(join(meta, name), join(folder, "meta", name), { recursive: true });
  }
  const commands = await builtIn("command_directory");
  copyProgram(join(commands, "smtp-sink"), join(folder, "bin", "smtp-sink"));
  if (program !== undefined) {
    copyProgram(program, join(folder, "sbin", "fastflush", "flush"));
  }
}
