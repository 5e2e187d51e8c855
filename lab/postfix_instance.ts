/**
 * A private Postfix instance: its own folder, configuration, queue, daemons and ports, beside whatever
 * Postfix the machine has, which is neither read nor touched.
 *
 * Mail for its destinations (see destination.ts) is deferred while they are down; only a flush delivers
 * it again. Several instances can run at once. Needs root and an installed Postfix (else: LabError).
 * `remove` ends everything; if the process dies before, its guardian does (guardian.ts).
 */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Destination, drawAddress } from "./destination.ts";
import { Guardian } from "./guardian.ts";
import {
  type FlushEntry,
  layOut,
  type MainValues,
  PROGRAM,
  writeMain,
  writeMaster,
} from "./instance_files.ts";
import { isListening } from "./loopback.ts";
import {
  checkMachine,
  choosePort,
  findMailOwner,
  LabError,
  type MailOwner,
  SMTP_ADDRESS,
} from "./machine.ts";
import { type FlushRecord, parseQueue, type QueuedMessage, readRecord } from "./mail_queue.ts";
import { Maillog } from "./maillog.ts";
import { executableOf, pidsRunning } from "./processes.ts";
import { type Outcome, run, runOrThrow } from "./run.ts";
import { type Letter, type Reply, SmtpDialogue } from "./smtp_dialogue.ts";
import { waitFor } from "./wait.ts";

/** AF_UNIX paths end at 107 bytes: the folder's own must be short, wherever the repository is. */
const PARENT_FOLDER = "/var/tmp";

/** So many lines of the log go into the message when something does not come about. */
const LOG_TAIL_LINES = 25;

/** For a look at a queue whose master may be stuck. */
const STATE_LIMIT_MS = 5 * 1000;

/** A queue may hold a million files. */
const REMOVAL_LIMIT_MS = 10 * 60 * 1000;

/** What makes one instance differ from another. */
export interface InstanceOptions {
  /** How the service `flush` is run; unless set, the original, not chrooted, without arguments. */
  readonly flush?: Partial<Omit<FlushEntry, "service">>;
  /** Further flush services, under other names. */
  readonly others?: readonly FlushEntry[];
  /** Added to main.cf, or instead of the lab's own values. */
  readonly main?: MainValues;
  /** Domains that get a destination, down at first. */
  readonly sites?: readonly string[];
  /** Where SMTP is spoken on 127.0.0.1; unless set, a free port. */
  readonly smtp_port?: number;
  /** Begins the folder's name. */
  readonly name?: string;
}

/** One instance, from `create` to `remove`. */
export class PostfixInstance {
  readonly log: Maillog;
  /** By site. */
  readonly destinations: ReadonlyMap<string, Destination>;
  #main: MainValues;
  #entries: readonly FlushEntry[];

  private constructor(
    readonly folder: string,
    readonly owner: MailOwner,
    readonly smtp_port: number,
    readonly guardian: Guardian,
    options: InstanceOptions,
    destinations: readonly Destination[],
    entries: readonly FlushEntry[],
  ) {
    this.#entries = entries;
    this.log = new Maillog(join(folder, "maillog"));
    this.destinations = new Map(destinations.map((each) => [each.site, each]));
    const routes = destinations.map((each) => `{ ${each.site} = ${each.transport} }`);
    const maps = routes.length === 0 ? "" : `inline:{ ${routes.join(", ")} }`;
    this.#main = { transport_maps: maps, ...options.main };
  }

  /** Makes an instance; it isn't started yet. LabError where the machine does not allow it. */
  static async create(options: InstanceOptions = {}): Promise<PostfixInstance> {
    const flush = { command: "flush", chroot: false, args: [], ...options.flush } as const;
    const entries: FlushEntry[] = [{ service: "flush", ...flush }, ...(options.others ?? [])];
    const needs_program = entries.some((entry) => entry.command === "fastflush/flush");
    checkMachine(needs_program);
    const smtp_port = await choosePort(options.smtp_port);
    const folder = mkdtempSync(join(PARENT_FOLDER, `${options.name ?? "fastflush"}-`));
    const guardian = new Guardian(folder);
    try {
      const owner = await findMailOwner();
      await layOut(folder, owner, needs_program ? PROGRAM : undefined);
      const destinations = await Promise.all(
        (options.sites ?? []).map(async (site) => {
          const sink = join(folder, "bin", "smtp-sink");
          const where = { user: owner.name, folder: join(folder, "received"), sink };
          return new Destination({ site, ...(await drawAddress()), ...where });
        }),
      );
      const instance = new PostfixInstance(
        folder,
        owner,
        smtp_port,
        guardian,
        options,
        destinations,
        entries,
      );
      instance.setMain({});
      instance.setFlush({});
      return instance;
    } catch (error) {
      rmSync(folder, { recursive: true });
      await guardian.release();
      throw error;
    }
  }

  /** For `-c` of Postfix's commands, and MAIL_CONFIG. */
  get config_folder(): string {
    return join(this.folder, "conf");
  }

  /** In the instance's folder, unless main.cf has been told otherwise. */
  get queue_folder(): string {
    return this.#main["queue_directory"] ?? join(this.folder, "queue");
  }

  /** The socket of a flush service. */
  flushSocket(service = "flush"): string {
    return join(this.queue_folder, "public", service);
  }

  /** Changes values in main.cf; a running instance sees them after `reload`. */
  setMain(values: MainValues): void {
    this.#main = { ...this.#main, ...values };
    writeMain(this.folder, this.#main);
  }

  /** Changes the entry of the service `flush` in master.cf; a running instance sees it after `reload`. */
  setFlush(change: Partial<Omit<FlushEntry, "service">>): void {
    this.#entries = this.#entries.map((entry) =>
      entry.service === "flush" ? { ...entry, ...change } : entry,
    );
    writeMaster(this.folder, `${SMTP_ADDRESS}:${this.smtp_port}`, this.#entries);
  }

  /** Says that a folder elsewhere is this instance's too: whatever removes the instance removes it. */
  addFolder(path: string): void {
    appendFileSync(join(this.folder, "elsewhere"), `${path}\n`);
  }

  /** Runs one of Postfix's commands on this instance; any exit status is an answer. */
  async command(name: string, ...args: string[]): Promise<Outcome> {
    return await run([name, ...args], { env: { MAIL_CONFIG: this.config_folder } });
  }

  /** `postfix start`; returns when SMTP is spoken. Throws with the log if that does not come about. */
  async start(): Promise<void> {
    const outcome = await this.command("postfix", "start");
    if (outcome.status !== 0) {
      throw new LabError(
        `postfix start: exit status ${outcome.status}\n${outcome.stderr}${await this.state()}`,
      );
    }
    await this.waitFor("SMTP to be spoken", () => isListening(SMTP_ADDRESS, this.smtp_port));
  }

  /** `postfix reload`. */
  async reload(): Promise<void> {
    await this.command("postfix", "reload");
  }

  /** Ends every process of the instance, whatever state it is in; the files stay. */
  async stop(): Promise<void> {
    await runOrThrow(["sh", this.guardian.end_script, "stop"]);
  }

  /** Ends and removes everything. */
  async remove(): Promise<void> {
    if (existsSync(this.guardian.end_script)) {
      await runOrThrow(["sh", this.guardian.end_script], { time_limit_ms: REMOVAL_LIMIT_MS });
    }
    await this.guardian.release();
  }

  /** The process ID of the running master(8); undefined if none runs. */
  masterPid(): number | undefined {
    const path = join(this.queue_folder, "pid", "master.pid");
    const pid = existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
    return executableOf(pid) === join(this.folder, "sbin", "master") ? pid : undefined;
  }

  /** The process IDs of the flush service with this command, whichever master started them. */
  flushPids(command: FlushEntry["command"]): number[] {
    return pidsRunning(join(this.folder, "sbin", command));
  }

  /** Sends letters over one SMTP connection; returns their queue IDs, in order. */
  async sendMail(letters: readonly Letter[]): Promise<string[]> {
    const dialogue = await this.dialogue();
    const queue_ids: string[] = [];
    for (const letter of letters) {
      queue_ids.push(await dialogue.send(letter));
    }
    await dialogue.close();
    return queue_ids;
  }

  /** An SMTP connection to this instance. */
  async dialogue(): Promise<SmtpDialogue> {
    return await SmtpDialogue.open(SMTP_ADDRESS, this.smtp_port);
  }

  /** ETRN over SMTP; returns the reply. */
  async etrn(site: string): Promise<Reply> {
    const dialogue = await this.dialogue();
    const reply = await dialogue.command(`ETRN ${site}`);
    await dialogue.close();
    return reply;
  }

  /** The queue, as postqueue(1) lists it. */
  async queue(): Promise<QueuedMessage[]> {
    const outcome = await this.command("postqueue", "-j");
    if (outcome.status !== 0) {
      throw new LabError(`postqueue -j: exit status ${outcome.status}: ${outcome.stderr.trim()}`);
    }
    return parseQueue(outcome.stdout);
  }

  /** The queue IDs of the deferred queue. */
  async deferredIds(): Promise<Set<string>> {
    const messages = await this.queue();
    return new Set(
      messages.filter((each) => each.queue_name === "deferred").map((each) => each.queue_id),
    );
  }

  /** The record, as it is now. */
  record(): FlushRecord {
    return readRecord(join(this.queue_folder, "flush"));
  }

  /** Waits until all these messages are in the deferred queue. */
  async waitUntilDeferred(queue_ids: readonly string[]): Promise<void> {
    await this.waitFor(`${queue_ids.length} messages to be deferred`, async () => {
      const deferred = await this.deferredIds();
      return queue_ids.every((queue_id) => deferred.has(queue_id));
    });
  }

  /** `waitFor` of wait.ts, with this instance's state in the message. */
  async waitFor<T>(
    what: string,
    probe: () => T | undefined | false | Promise<T | undefined | false>,
  ): Promise<T> {
    return await waitFor(what, probe, { explain: () => this.state() });
  }

  /** How things stand: processes, queue and the log's end. */
  async state(): Promise<string> {
    const env = { MAIL_CONFIG: this.config_folder };
    const looking = run(["postqueue", "-p"], { env, time_limit_ms: STATE_LIMIT_MS });
    const queue = await looking.then(({ stdout }) => stdout.trim()).catch(() => "");
    return [
      `master: ${this.masterPid() ?? "not running"}`,
      `queue: ${queue === "" ? "not readable" : queue}`,
      `log:\n${this.log.tail(LOG_TAIL_LINES)}`,
    ].join("\n");
  }
}
