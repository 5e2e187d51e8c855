/**
 * Runs cases with one program under a real master(8), with a service a case, whose parameters stand behind -o
 * in master.cf.
 *
 * One case at a time, since all have one queue directory. The queue manager is a stand-in; the log is
 * postlogd's. A process of a case is gone a second after it.
 */
import { join } from "node:path";
import type { FlushEntry } from "../../lab/instance_files.ts";
import type { LogLine } from "../../lab/maillog.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { CaseRun, withinSecond } from "./case_run.ts";
import type { ContractCase, Step } from "./contract_case.ts";
import { connectTo } from "./kernel.ts";
import { comparedLines, harmonized, type Outcome } from "./outcome.ts";
import { titleOf } from "./rows.ts";
import {
  badEndOf,
  createSmallMaster,
  linesSince,
  type SmallEntry,
  writeCold,
} from "./small_master.ts";

/** Not so many processes at once that memory runs short. */
const SETTINGS: Readonly<Record<string, string>> = { max_idle: "1s" };

/** A process that has served a case goes on for a second: the next try is to meet it. */
const LEAD_SECONDS_MAX = 1;

export class UnderMaster {
  readonly #instance: PostfixInstance;
  readonly #command: FlushEntry["command"];
  /** By the row's title. */
  readonly #services: ReadonlyMap<string, string>;
  /** Processes of earlier cases, which may still say that they leave. */
  readonly #oldPids = new Set<number>();
  /** Processes whose bad end belongs to a case. */
  readonly #badEnds = new Set<number>();

  private constructor(
    instance: PostfixInstance,
    command: FlushEntry["command"],
    services: ReadonlyMap<string, string>,
  ) {
    this.#instance = instance;
    this.#command = command;
    this.#services = services;
  }

  /** Starts an instance that has a service for each row. */
  static async start(
    command: FlushEntry["command"],
    rows: readonly ContractCase[],
  ): Promise<UnderMaster> {
    const services = new Map(rows.map((row, index) => [titleOf(row), `row${index}`]));
    const entries = rows.map((row, index) => entryOf(`row${index}`, row));
    const instance = await createSmallMaster(command, entries);
    try {
      await instance.start();
    } catch (error) {
      await instance.remove();
      throw error;
    }
    return new UnderMaster(instance, command, services);
  }

  async remove(): Promise<void> {
    await this.#instance.remove();
  }

  /** Runs one of the rows; `exit` is how its process should end. */
  async run(row: ContractCase, exit: number | string): Promise<Outcome> {
    return await withinSecond(row, (leadSeconds) => this.#run(row, exit, leadSeconds));
  }

  /** What master(8) said of processes that ended badly, and of which no case knows. */
  async unexpectedEnds(): Promise<string[]> {
    const texts = (await this.#linesSince(0)).map(({ text }) => text);
    return texts.filter((text) => {
      const end = badEndOf(text);
      return end !== null && !this.#badEnds.has(end.pid);
    });
  }

  async #run(
    row: ContractCase,
    exit: number | string,
    leadSeconds: number,
  ): Promise<{ readonly isInTime: boolean; readonly outcome: Outcome }> {
    const { queue_folder, owner, log } = this.#instance;
    for (const [name, text] of Object.entries(row.tables ?? {})) {
      writeCold(join(this.#instance.config_folder, name), text);
    }
    const mark = log.mark();
    const run = new CaseRun(row, queue_folder, owner, Math.min(leadSeconds, LEAD_SECONDS_MAX));
    try {
      // The original goes by the time at which it met its client.
      await run.awaitSecond();
      const steps = this.#begin(run);
      const work = async (): Promise<void> => {
        await run.client.finish(steps);
        await run.client.ended();
        if (exit !== 0 || row.send.some(outlastsConnection) || saysMuch(row)) {
          await this.#untilGone();
        }
      };
      await run.whileLooking(work, () => {});
      const tree = run.tree();
      const lines = await this.#linesSince(mark, exit !== 0);
      const outcome = {
        reply: run.client.bytes,
        log: this.#textsOf(row, lines),
        wakes: run.queueManager.letters,
        exit: this.#exitOf(lines),
        tree,
        notes: run.client.notes,
        events: run.events(),
      };
      return { isInTime: run.isInTime, outcome };
    } finally {
      run.remove();
    }
  }

  /** Does what needs no wait; whoever hangs up is gone before master knows of him. */
  #begin(run: CaseRun): readonly Step[] {
    const isGone = run.row.send.some((step) => typeof step !== "string" && step.do === "close");
    const master = isGone ? this.#instance.masterPid() : undefined;
    if (master === undefined) {
      return run.begin(this.#connect(run.row));
    }
    process.kill(master, "SIGSTOP");
    try {
      return run.begin(this.#connect(run.row));
    } finally {
      process.kill(master, "SIGCONT");
    }
  }

  #connect(row: ContractCase): number {
    const service = this.#services.get(titleOf(row)) ?? "";
    const socket = connectTo(this.#instance.flushSocket(service));
    if (socket === null) {
      throw new Error(`connect to service "${service}": nobody listens`);
    }
    return socket;
  }

  async #untilGone(): Promise<void> {
    const pids = (): number[] => this.#instance.flushPids(this.#command);
    await this.#instance.waitFor("the process to end", () => pids().length === 0);
  }

  /** The lines behind `mark`, all that were sent until now; with a bad end where one is awaited. */
  async #linesSince(mark: number, hasBadEnd = false): Promise<LogLine[]> {
    const { log } = this.#instance;
    if (hasBadEnd) {
      await this.#instance.waitFor("master to see the end", () =>
        log.linesSince(mark).some(({ text }) => badEndOf(text) !== null),
      );
    }
    return await linesSince(this.#instance, mark);
  }

  #textsOf(row: ContractCase, lines: readonly LogLine[]): string[] {
    const own = lines.filter(({ tag, pid }) => tag.endsWith("/flush") && !this.#oldPids.has(pid));
    for (const { pid } of own) {
      this.#oldPids.add(pid);
    }
    const texts = own.map(({ tag, text }) => {
      const label = tag === "postfix/flush" ? "" : `${tag}: `;
      const bytes = Buffer.from(label + text, "utf8").toString("latin1");
      const shown = bytes.replaceAll(this.#instance.folder, "DIR");
      return harmonized(shown, `${this.#services.get(titleOf(row))} socket`);
    });
    return comparedLines(texts, row.logFilter);
  }

  #exitOf(lines: readonly LogLine[]): number | string {
    for (const { text } of lines) {
      const end = badEndOf(text);
      if (end !== null) {
        this.#badEnds.add(end.pid);
        return end.end.startsWith("exit") ? Number(end.end.split(" ")[2]) : end.end;
      }
    }
    return 0;
  }
}

/** Whether a process may still be at work when the connection is closed. */
function outlastsConnection(step: Step): boolean {
  return typeof step !== "string" && (step.do === "close" || step.do === "make room");
}

/** Whether there may be more log lines than postlogd's socket takes at once: ours come late then, but before the end. */
function saysMuch({ args = [] }: ContractCase): boolean {
  return args.includes("-v");
}

function entryOf(service: string, { config, args = [] }: ContractCase): SmallEntry {
  const settings = Object.entries({ ...SETTINGS, ...config });
  const options = settings.flatMap(([name, value]) => ["-o", `${name} = ${value}`]);
  return { service, chroot: false, wakeup: "0", args: [...options, ...args] };
}
