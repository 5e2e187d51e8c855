/**
 * Where the benchmark runs: one private Postfix with every contestant in the same master.cf, over the same
 * queue directory and record, and an inert queue manager.
 *
 * Everything lies in the instance's folder, and `close` ends and removes all of it; after a crash the
 * instance's guardian does.
 */
import { closeSync, ftruncateSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { copyProgram } from "../lab/instance_files.ts";
import { logfileOf } from "../lab/mail_queue.ts";
import { PostfixInstance } from "../lab/postfix_instance.ts";
import { useOf } from "../lab/processes.ts";
import { runOrThrow } from "../lab/run.ts";
import { waitFor } from "../lab/wait.ts";
import { buildCPrograms, type CPrograms } from "./c_programs.ts";
import { Complaints } from "./complaints.ts";
import { type Contestant, commandOf, masterEntries } from "./contestants.ts";
import { InertQueueManager } from "./inert_queue_manager.ts";

export class Arena {
  readonly complaints: Complaints;
  readonly #instance: PostfixInstance;

  private constructor(
    instance: PostfixInstance,
    readonly programs: CPrograms,
    readonly queue_manager: InertQueueManager,
    /** Whether the original plays both sides. */
    readonly control: boolean,
  ) {
    this.#instance = instance;
    this.complaints = new Complaints(instance.log);
  }

  /** Builds the C programs, starts the instance. With `control` the original plays both sides. */
  static async open(control: boolean): Promise<Arena> {
    const built = await buildCPrograms();
    const instance = await PostfixInstance.create({
      name: "fastflush-bench",
      others: masterEntries(control),
      main: { fast_flush_domains: "static:all", master_service_disable: "qmgr/unix" },
    });
    try {
      // Copied into the folder, so that the guardian would end it too.
      const bare = join(instance.folder, "bin", "bare");
      copyProgram(built.bare, bare);
      await instance.start();
      const queue_manager = new InertQueueManager(instance.flushSocket("qmgr"));
      return new Arena(instance, { ...built, bare }, queue_manager, control);
    } catch (error) {
      await instance.remove();
      throw error;
    }
  }

  get folder(): string {
    return this.#instance.folder;
  }

  /** For `-c` of commands. */
  get config_folder(): string {
    return this.#instance.config_folder;
  }

  get queue_folder(): string {
    return this.#instance.queue_folder;
  }

  get owner(): { readonly uid: number; readonly gid: number } {
    return this.#instance.owner;
  }

  /** Folder of the record. */
  get record_folder(): string {
    return join(this.queue_folder, "flush");
  }

  socket(service: string): string {
    return this.#instance.flushSocket(service);
  }

  /** Whether a contestant is really ours. */
  isOurs(contestant: Contestant): boolean {
    return commandOf(contestant, this.control) === "fastflush/flush";
  }

  /** The processes that serve a contestant's socket. */
  pids(contestant: Contestant): number[] {
    const pids = this.#instance.flushPids(commandOf(contestant, this.control));
    return pids.filter((pid) => serviceOf(pid) === contestant.service);
  }

  /** The file of a contestant's program. */
  program(contestant: Contestant): string {
    return join(this.folder, "sbin", commandOf(contestant, this.control));
  }

  /** Has master(8) start all services anew; returns when nothing runs the contestant's program any more. */
  async endProcesses(contestant: Contestant): Promise<void> {
    const command = commandOf(contestant, this.control);
    await this.#instance.reload();
    await waitFor(`${command} to end`, () => this.#instance.flushPids(command).length === 0);
  }

  /** Processor time of the contestant's program so far, by process: of all services that run it. */
  processorSeconds(contestant: Contestant): ReadonlyMap<number, number> {
    const pids = this.#instance.flushPids(commandOf(contestant, this.control));
    return new Map(pids.map((pid) => [pid, useOf(pid)?.processor_seconds ?? 0]));
  }

  /** Postfix's version. */
  async postfixVersion(): Promise<string> {
    return (await this.#instance.command("postconf", "-h", "mail_version")).stdout.trim();
  }

  /** Has nothing left to be written, whose writing would fall into a measurement. */
  async settle(): Promise<void> {
    await runOrThrow(["sync", "--file-system", this.queue_folder]);
  }

  async close(): Promise<void> {
    this.queue_manager.stop();
    await this.#instance.remove();
  }
}

/** The name of its entry in master.cf, which master(8) puts behind -n; "" for a process that is gone. */
function serviceOf(pid: number): string {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
    return words[words.indexOf("-n") + 1] ?? "";
  } catch {
    return ""; // Gone meanwhile.
  }
}

function logsOf(folder: string, site: string): string[] {
  const begin = logfileOf(site);
  return readdirSync(folder)
    .filter((name) => name.startsWith(begin))
    .map((name) => join(folder, name));
}

/** All entries in `folder` under the logfile names that begin as the logs of sites `site…` do. The logs go. */
export function takeEntries(folder: string, site: string): string[] {
  const entries = readEntries(folder, site);
  removeLogs(folder, site);
  return entries;
}

/** The same; the logs stay. */
export function readEntries(folder: string, site: string): string[] {
  const text = logsOf(folder, site)
    .map((path) => readFileSync(path, "latin1"))
    .join("");
  return text.split("\n").slice(0, -1);
}

/**
 * Empties the logs of sites `site…`: whoever adds next finds them there. Each is open meanwhile and closed then, as when a flush
 * empties it: ext4 writes a file to the disk at the first close after it was emptied (auto_da_alloc), so that after a bare
 * truncate(2) the adds would pay for this.
 */
export function emptyLogs(folder: string, site: string): void {
  for (const path of logsOf(folder, site)) {
    const file = openSync(path, "r+");
    ftruncateSync(file);
    closeSync(file);
  }
}

/** Removes the logs of sites `site…`. */
export function removeLogs(folder: string, site: string): void {
  for (const path of logsOf(folder, site)) {
    rmSync(path);
  }
}
