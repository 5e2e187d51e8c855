/**
 * A whole mail system for measuring what the record costs it: a private Postfix with a real queue manager and real
 * smtp clients, both flush programs in its master.cf, and a destination that refuses every recipient for now, so that
 * each delivery is deferred by smtp(8), and recorded where fast_flush_domains says so.
 */
import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import type { FlushRecord } from "../lab/mail_queue.ts";
import { PostfixInstance } from "../lab/postfix_instance.ts";
import { pidsRunning } from "../lab/processes.ts";
import { runOrThrow } from "../lab/run.ts";
import { waitFor } from "../lab/wait.ts";
import { removeLogs } from "./arena.ts";
import { Complaints } from "./complaints.ts";
import { type Contestant, masterEntries } from "./contestants.ts";
import { processorTimeOf } from "./processor_time.ts";

const SITE = "refuses.example";

/** SMTP sessions at once that bring the messages in. */
const SESSIONS = 20;

/** Longer than the slowest machine takes for the messages of one turn. */
const LIMIT_MS = 5 * 60 * 1000;

/** What smtp(8) logs of a delivery that it has deferred. */
const DEFERRED = "status=deferred";

/** Counts deliveries that were deferred, as the log grows. */
class DeferralCount {
  readonly #file: number;
  #offset: number;
  #count = 0;
  /** An end of what was read that may be the beginning of the words. */
  #rest = "";

  constructor(path: string, offset: number) {
    this.#file = openSync(path, "r");
    this.#offset = offset;
  }

  now(): number {
    const bytes = Buffer.alloc(1 << 16);
    for (let got = this.#read(bytes); got > 0; got = this.#read(bytes)) {
      const text = this.#rest + bytes.toString("latin1", 0, got);
      this.#count += text.split(DEFERRED).length - 1;
      this.#rest = text.slice(text.length - DEFERRED.length + 1);
    }
    return this.#count;
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(bytes: Buffer): number {
    const got = readSync(this.#file, bytes, 0, bytes.length, this.#offset);
    this.#offset += got;
    return got;
  }
}

/** What it took to try all messages again. */
export interface Deferral {
  readonly seconds: number;
  /** Of the whole mail system, with the destination. */
  readonly cpuSeconds: number;
}

export class MailSystem {
  readonly complaints: Complaints;
  readonly #instance: PostfixInstance;
  readonly #messages: number;

  private constructor(instance: PostfixInstance, messages: number) {
    this.#instance = instance;
    this.complaints = new Complaints(instance.log);
    this.#messages = messages;
  }

  /** Starts it, with so many messages in its deferred queue. With `control` the original plays ours' part too. */
  static async open(messages: number, control: boolean): Promise<MailSystem> {
    const instance = await PostfixInstance.create({
      name: "fastflush-bench-mail",
      sites: [SITE],
      others: masterEntries(control),
      main: { fast_flush_domains: "" },
    });
    const system = new MailSystem(instance, messages);
    try {
      await instance.start();
      for (const destination of instance.destinations.values()) {
        await destination.up("defers");
      }
      await system.#bringIn();
      return system;
    } catch (error) {
      await system.close();
      throw error;
    }
  }

  /** Whether mail that is deferred is recorded, and by whom: every process is new afterwards. */
  async record(recorder: Contestant | null): Promise<void> {
    const old = this.#daemons();
    this.#instance.setMain({
      fast_flush_domains: recorder === null ? "" : "static:all",
      flush_service_name: recorder?.service ?? "flush",
    });
    await this.#instance.reload();
    await waitFor("the old processes to end", () => {
      const now = this.#daemons();
      return !old.some((pid) => now.includes(pid));
    });
    removeLogs(this.#recordFolder, "");
  }

  /** Has every message tried again, until all are deferred once more. */
  async deferAll(): Promise<Deferral> {
    const { result, cpu_seconds } = await processorTimeOf(this.#instance.folder, async () => {
      const seconds = await this.#timeDeferrals();
      await this.#waitUntilDeferred();
      return seconds;
    });
    return { seconds: result, cpuSeconds: cpu_seconds };
  }

  /** What has been recorded. */
  recorded(): FlushRecord {
    return this.#instance.record();
  }

  async close(): Promise<void> {
    for (const destination of this.#instance.destinations.values()) {
      await destination.down();
    }
    await this.#instance.remove();
  }

  get #recordFolder(): string {
    return join(this.#instance.queue_folder, "flush");
  }

  /** All that may have read main.cf before a reload: the queue manager, smtp and flush services. */
  #daemons(): number[] {
    const folder = join(this.#instance.folder, "sbin");
    return ["qmgr", "smtp", "flush", "fastflush/flush"].flatMap((name) =>
      pidsRunning(join(folder, name)),
    );
  }

  /** In how many seconds all deliveries were deferred. */
  async #timeDeferrals(): Promise<number> {
    const { log } = this.#instance;
    const count = new DeferralCount(log.path, log.mark());
    const startMs = performance.now();
    await this.#instance.command("postqueue", "-f");
    await waitFor("all messages to be deferred again", () => count.now() >= this.#messages, {
      deadline_ms: LIMIT_MS,
      explain: () => this.#instance.state(),
    });
    const seconds = (performance.now() - startMs) / 1000;
    count.close();
    return seconds;
  }

  async #bringIn(): Promise<void> {
    const where = `inet:127.0.0.1:${this.#instance.smtp_port}`;
    const envelope = ["-f", "sender@relay.example", "-t", `user@${SITE}`];
    const amount = ["-m", String(this.#messages), "-s", String(Math.min(SESSIONS, this.#messages))];
    await runOrThrow(["smtp-source", ...envelope, ...amount, where], { time_limit_ms: LIMIT_MS });
    await this.#waitUntilDeferred();
  }

  async #waitUntilDeferred(): Promise<void> {
    const deferred = join(this.#instance.queue_folder, "deferred");
    const count = (): number =>
      readdirSync(deferred, { withFileTypes: true, recursive: true }).filter((entry) =>
        entry.isFile(),
      ).length;
    await waitFor("all messages to be in deferred", () => count() === this.#messages, {
      deadline_ms: LIMIT_MS,
      explain: () => this.#instance.state(),
    });
  }
}
