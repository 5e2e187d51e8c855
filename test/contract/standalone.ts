/**
 * Runs a case with one program stand-alone (-S): one client on its standard input and output, with a queue
 * directory, a configuration and stand-ins of its own.
 *
 * Otherwise as master(8) starts it: root, in the queue directory, becoming the mail owner. Several can run at
 * once. Throws where the program can't be started; whatever it does is the outcome.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { MailOwner } from "../../lab/machine.ts";
import { CaseRun, withinSecond } from "./case_run.ts";
import { writeConfiguration } from "./configuration.ts";
import type { ContractCase } from "./contract_case.ts";
import { close, socketPair } from "./kernel.ts";
import { comparedLines, harmonized, type Outcome } from "./outcome.ts";
import { makeQueue } from "./queue_tree.ts";
import { PostlogStandIn, type ReceivedLine } from "./stand_ins.ts";

/** Unless another is given. AF_UNIX paths end at 107 bytes. */
const PARENT_FOLDER = "/var/tmp";

/** A program that is stuck. */
const TIME_LIMIT_MS = 60 * 1000;

/** Runs `row` with the program at `program`, with its files in a new folder below `parentFolder`. */
export async function runStandalone(
  program: string,
  row: ContractCase,
  owner: MailOwner,
  parentFolder = PARENT_FOLDER,
): Promise<Outcome> {
  return await withinSecond(row, async (leadSeconds) => {
    const run = new StandaloneRun(row, owner, parentFolder, leadSeconds);
    try {
      const outcome = await run.run(program);
      return { isInTime: run.isInTime, outcome };
    } finally {
      run.remove();
    }
  });
}

class StandaloneRun {
  readonly #row: ContractCase;
  readonly #folder: string;
  readonly #queue: string;
  readonly #configuration: string;
  readonly #postlog: PostlogStandIn;
  readonly #run: CaseRun;

  constructor(row: ContractCase, owner: MailOwner, parentFolder: string, leadSeconds: number) {
    this.#row = row;
    this.#folder = mkdtempSync(join(parentFolder, "fastflush-contract-"));
    this.#queue = join(this.#folder, "queue");
    this.#configuration = join(this.#folder, "conf");
    chmodSync(this.#folder, 0o755);
    makeQueue(this.#queue, owner);
    writeConfiguration(this.#configuration, this.#queue, row);
    this.#postlog = new PostlogStandIn(this.#queue);
    this.#run = new CaseRun(row, this.#queue, owner, leadSeconds);
  }

  get isInTime(): boolean {
    return this.#run.isInTime;
  }

  async run(program: string): Promise<Outcome> {
    const { own, other } = socketPair();
    const steps = this.#run.begin(own);
    const child = this.#start(program, other);
    close(other);
    const work = async (): Promise<void> => {
      await this.#run.awaitSecond();
      await this.#run.client.finish(steps);
      await child.exited;
    };
    try {
      await this.#run.whileLooking(work, () => this.#postlog.look());
    } finally {
      child.kill("SIGKILL");
    }
    const lines = this.#postlog.lines.map((line) => this.#describeLine(line, child.pid));
    return {
      reply: this.#run.client.bytes,
      log: comparedLines(lines, this.#row.logFilter),
      wakes: this.#run.queueManager.letters,
      exit: child.signalCode ?? child.exitCode ?? "none",
      tree: this.#run.tree(),
      notes: this.#run.client.notes,
      events: this.#run.events(),
    };
  }

  remove(): void {
    this.#run.remove();
    this.#postlog.remove();
    rmSync(this.#folder, { recursive: true });
  }

  #start(program: string, client: number): Bun.Subprocess {
    const { args = [], allArgs = ["-S", "-u", ...args], env, fileBytesMax } = this.#row;
    const limit = fileBytesMax === undefined ? [] : ["prlimit", `--fsize=${fileBytesMax}`];
    return Bun.spawn([...limit, program, ...allArgs], {
      cwd: this.#queue,
      env: {
        MAIL_CONFIG: this.#configuration,
        MAIL_LOGTAG: "postfix",
        LANG: "C",
        POSTLOG_SERVICE: this.#postlog.path,
        POSTLOG_HOSTNAME: "relay.example",
        ...env,
      },
      stdio: [client, client, "ignore"],
      timeout: TIME_LIMIT_MS,
      killSignal: "SIGKILL",
    });
  }

  /** What is not as usual stands before the text: host, tag, process. */
  #describeLine({ host, tag, pid, text }: ReceivedLine, childPid: number): string {
    const owner = pid === childPid ? "" : "[another process] ";
    const place = host === "relay" ? "" : `${host} `;
    const label = tag === "postfix/flush" ? "" : `${tag.replaceAll(`${childPid}`, "PID")}: `;
    return harmonized(
      (owner + place + label + text).replaceAll(this.#folder, "DIR"),
      "unknown_stream",
    );
  }
}
