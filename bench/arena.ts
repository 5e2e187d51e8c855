/**
 * Where the benchmark runs: one private Postfix with every contestant in the same master.cf, over the same
 * queue directory and record, and an inert queue manager.
 *
 * Everything lies in the instance's folder, and `close` ends and removes all of it; after a crash the
 * instance's guardian does.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { copyProgram } from "../lab/instance_files.ts";
import { logfileOf } from "../lab/mail_queue.ts";
import { PostfixInstance } from "../lab/postfix_instance.ts";
import { useOf } from "../lab/processes.ts";
import { buildCPrograms, type CPrograms } from "./c_programs.ts";
import { type Contestant, commandOf, masterEntries } from "./contestants.ts";
import { InertQueueManager } from "./inert_queue_manager.ts";

export class Arena {
  readonly #instance: PostfixInstance;

  private constructor(
    instance: PostfixInstance,
    readonly programs: CPrograms,
    readonly queue_manager: InertQueueManager,
    /** Whether the original plays both sides. */
    readonly control: boolean,
  ) {
    this.#instance = instance;
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

  /** Processor time of the contestant's program so far, by process: of all services that run it. */
  processorSeconds(contestant: Contestant): ReadonlyMap<number, number> {
    const pids = this.#instance.flushPids(commandOf(contestant, this.control));
    return new Map(pids.map((pid) => [pid, useOf(pid)?.processor_seconds ?? 0]));
  }

  /** Postfix's version. */
  async postfixVersion(): Promise<string> {
    return (await this.#instance.command("postconf", "-h", "mail_version")).stdout.trim();
  }

  /** Warnings and worse that Postfix and the contestants logged; empty when all went well. */
  complaints(): string[] {
    return this.#instance.log
      .linesSince(0)
      .filter((line) => /^(?:warning|error|fatal|panic): /.test(line.text))
      .map((line) => `${line.tag}: ${line.text}`);
  }

  async close(): Promise<void> {
    this.queue_manager.stop();
    await this.#instance.remove();
  }
}

/** All entries in `folder` under the logfile names that begin as the logs of sites `site…` do. */
export function takeEntries(folder: string, site: string): string[] {
  const begin = logfileOf(site);
  const paths = readdirSync(folder)
    .filter((name) => name.startsWith(begin))
    .map((name) => join(folder, name));
  const text = paths.map((path) => readFileSync(path, "latin1")).join("");
  for (const path of paths) {
    rmSync(path);
  }
  return text.split("\n").slice(0, -1);
}
