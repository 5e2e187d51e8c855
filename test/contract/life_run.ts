/** Runs a life case with one program: an instance of its own, started, asked, looked at and removed. */
import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FlushConnection } from "../../lab/flush_request.ts";
import { ACCEPT_MS, GREETING } from "../../lab/greeting.ts";
import type { FlushEntry } from "../../lab/instance_files.ts";
import type { LogLine } from "../../lab/maillog.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { rootOf } from "../../lab/processes.ts";
import { REBUILDING, REBUILT } from "../../src/record/rebuilt_marker.ts";
import { initialState } from "./initial_state.ts";
import { close, connectTo, lock, receive, send } from "./kernel.ts";
import type { LifeCase, LifeOutcome, LifeStep } from "./life_case.ts";
import { isCompared } from "./outcome.ts";
import { layOutQueue, wallSecond } from "./queue_tree.ts";
import {
  badEndOf,
  createSmallMaster,
  linesSince,
  type SmallEntry,
  writeEntries,
} from "./small_master.ts";
import { QueueManagerStandIn } from "./stand_ins.ts";

/** Where nobody greets: closed without a reply, by whoever is there. */
const UNKNOWN = "request\0unknown\0\0";

/** Runs `row`; what is expected of `badEnds` is waited for. */
export async function runLife(
  command: FlushEntry["command"],
  row: LifeCase,
  badEnds: readonly string[],
): Promise<LifeOutcome> {
  const { chroot = false, wakeup = "0", args = [] } = row;
  const entry: SmallEntry = { service: "flush", chroot, wakeup, args };
  const instance = await createSmallMaster(command, [entry]);
  try {
    await instance.start();
    return await new LifeRun(instance, command, row).run(badEnds);
  } finally {
    await instance.remove();
  }
}

class LifeRun {
  readonly #instance: PostfixInstance;
  readonly #command: FlushEntry["command"];
  readonly #row: LifeCase;
  readonly #clients = new Map<string, FlushConnection>();
  readonly #notes: string[] = [];
  #lock: number | null = null;

  constructor(instance: PostfixInstance, command: FlushEntry["command"], row: LifeCase) {
    this.#instance = instance;
    this.#command = command;
    this.#row = row;
  }

  async run(badEnds: readonly string[]): Promise<LifeOutcome> {
    const { queue_folder, owner } = this.#instance;
    const { steps } = this.#row;
    const state = initialState(this.#row);
    layOutQueue(queue_folder, state, owner, wallSecond());
    const queueManager = new QueueManagerStandIn(queue_folder, state);
    try {
      for (const step of steps) {
        await this.#do(step);
      }
    } finally {
      this.#unlock();
      queueManager.remove();
    }
    await this.#instance.waitFor("master to see how processes ended", () => {
      return this.#badEnds().length >= badEnds.length;
    });
    const lines = await this.#linesOfService();
    const most = Math.max(
      0,
      ...Map.groupBy(lines, ({ pid }) => pid)
        .values()
        .map((each) => each.length),
    );
    return {
      notes: this.#notes,
      log: lines.map(({ text }) => text),
      ...(this.#row.want.most === undefined ? {} : { most }),
      badEnds: this.#badEnds(),
      record: readRecord(join(queue_folder, "flush")),
    };
  }

  async #do(step: LifeStep): Promise<void> {
    switch (step.do) {
      case "open":
        await this.#open(step.client);
        break;
      case "knock":
        await this.#knock(step.client);
        break;
      case "write":
        this.#client(step.client).write(step.bytes);
        break;
      case "answer":
        await this.#noteAnswer(step.client);
        break;
      case "ask":
        await this.#open(step.client);
        this.#client(step.client).write(step.bytes);
        await this.#noteAnswer(step.client);
        break;
      case "command":
        await this.#noteCommand(step.command);
        break;
      case "etrn":
        await this.#noteEtrn(step.site);
        break;
      case "note processes":
        this.#notes.push(`${this.#pids().length} processes`);
        break;
      case "await jail":
        await this.#instance.waitFor("all processes to be in the jail", () => {
          return this.#pids().every((pid) => rootOf(pid) === this.#instance.queue_folder);
        });
        break;
      case "pause":
        await Bun.sleep(step.ms);
        break;
      default:
        await this.#doToService(step);
    }
  }

  async #doToService(step: LifeStep): Promise<void> {
    switch (step.do) {
      case "reload":
        await this.#instance.reload();
        break;
      case "kill master":
        this.#killMaster();
        break;
      case "take out":
        writeEntries(this.#instance, this.#command, []);
        await this.#instance.reload();
        break;
      case "await processes":
        await this.#instance.waitFor(`${step.count} processes`, () => {
          return this.#pids().length === step.count;
        });
        break;
      case "await removal":
        await this.#instance.waitFor(`${step.path} to be removed`, () => {
          return !existsSync(join(this.#instance.queue_folder, step.path));
        });
        break;
      case "stop":
        this.#signal("SIGSTOP");
        break;
      case "continue":
        this.#signal("SIGCONT");
        break;
      case "lock":
        this.#lock = openSync(join(this.#instance.queue_folder, step.path), constants.O_RDWR);
        lock(this.#lock, step.kind);
        break;
      case "unlock":
        this.#unlock();
        break;
      default:
        throw new Error(`no such step: ${step.do}`);
    }
  }

  #pids(): number[] {
    return this.#instance.flushPids(this.#command);
  }

  #client(name: string): FlushConnection {
    const client = this.#clients.get(name);
    if (client === undefined) {
      throw new Error(`no client "${name}"`);
    }
    return client;
  }

  async #open(name: string): Promise<void> {
    this.#clients.set(name, await FlushConnection.open(this.#instance.flushSocket()));
    if (GREETING === "") {
      await this.#instance.waitFor("a process", () => this.#pids().length > 0);
      await Bun.sleep(ACCEPT_MS);
    }
  }

  async #knock(name: string): Promise<void> {
    const socket = connectTo(this.#instance.flushSocket()) ?? -1;
    try {
      let bytes: string | null = null;
      if (GREETING === "") {
        send(socket, UNKNOWN);
      }
      await this.#instance.waitFor("a word, or a bad end", () => {
        bytes = receive(socket);
        return bytes !== null || this.#badEnds().length > 0;
      });
      this.#notes.push(`${name}: ${bytes === GREETING ? "greeted" : "not greeted"}`);
    } finally {
      close(socket);
    }
  }

  async #noteAnswer(name: string): Promise<void> {
    const answer = await this.#client(name).answer;
    this.#notes.push(`${name}: ${answer.kind === "status" ? answer.status : answer.kind}`);
  }

  async #noteCommand(command: readonly [string, ...string[]]): Promise<void> {
    const [name, ...args] = command;
    const { status, stderr } = await this.#instance.command(name, ...args);
    this.#notes.push(`${command.join(" ")}: ${status} ${stderr.trim()}`.trim());
  }

  async #noteEtrn(site: string): Promise<void> {
    const { code, text } = await this.#instance.etrn(site);
    this.#notes.push(`ETRN ${site}: ${code} ${text}`);
  }

  #killMaster(): void {
    const pid = this.#instance.masterPid();
    if (pid === undefined) {
      throw new Error("kill the master: it does not run");
    }
    process.kill(pid, "SIGKILL");
  }

  #signal(signal: "SIGSTOP" | "SIGCONT"): void {
    for (const pid of this.#pids()) {
      process.kill(pid, signal);
    }
  }

  #unlock(): void {
    if (this.#lock !== null) {
      closeSync(this.#lock);
      this.#lock = null;
    }
  }

  #badEnds(): string[] {
    const lines = this.#instance.log.linesSince(0);
    return lines.flatMap(({ text }) => badEndOf(text)?.end ?? []);
  }

  async #linesOfService(): Promise<LogLine[]> {
    // Nobody takes in lines any more when master is gone.
    const hasPostlog = this.#instance.masterPid() !== undefined;
    const lines = hasPostlog ? await linesSince(this.#instance, 0) : [];
    const { logFilter } = this.#row;
    return lines.filter(({ tag, text }) => tag === "postfix/flush" && isCompared(text, logFilter));
  }
}

/** The logs but the mark of a rebuild. */
function readRecord(folder: string): Record<string, string> {
  const files = readdirSync(folder)
    .filter((name) => name !== REBUILT && name !== REBUILDING)
    .sort();
  return Object.fromEntries(
    files.map((name) => [name, readFileSync(join(folder, name), "latin1")]),
  );
}
