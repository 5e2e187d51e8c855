/**
 * A wake-up over many logs, in the real process under a real master(8): whoever asks meanwhile is answered, the
 * record is right afterwards, and the process holds no more at a time for there being many.
 *
 * With more logs: MANY_LOGS=100000. How fast that is, the benchmark measures (`--only wake`).
 */
import { describe, expect, test } from "bun:test";
import { InertQueueManager } from "../../bench/inert_queue_manager.ts";
import { FlushConnection, flushRequest } from "../../lab/flush_request.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { type ProcessUse, useOf } from "../../lab/processes.ts";
import type { QueueId } from "../../src/names/names.ts";
import { hashingOf } from "../contract/hashing.ts";
import { createSmallMaster } from "../contract/small_master.ts";
import { ManyLogs } from "../support/many_logs.ts";
import { complaints } from "./complaints.ts";
import { TEST_LIMIT_MS } from "./services.ts";

/** Many times what a walk has open at a time; `npm run faults` has 100,000. */
const LOGS = Number(process.env["MANY_LOGS"] ?? 5000);

/** So many of the logs are sent meanwhile, and so many more get a second entry. */
const ASKED_FOR = 100;

/** What a walk may hold: its 64 logs, the directories that it reads, its lock; and clients. */
const DESCRIPTORS_MAX = 64 + 16;
const MEMORY_BYTES_MAX = 48 * 1024 * 1024;

/** A walk may use a quarter of a processor, and there are others. */
const WALK_LIMIT_MS = 50 * 1000 + LOGS * 10;

const LAYOUTS = [
  { name: "flat", main: {} },
  {
    name: "hashed over two levels",
    main: { hash_queue_names: "deferred, defer, flush", hash_queue_depth: "2" },
  },
];

async function withMany(
  main: Readonly<Record<string, string>>,
  body: (instance: PostfixInstance, logs: ManyLogs) => Promise<void>,
): Promise<void> {
  const entry = { service: "flush", chroot: true, wakeup: "0", args: ["-o", "max_use=100000"] };
  const instance = await createSmallMaster("fastflush/flush", [entry], main);
  try {
    await instance.start();
    const queue_manager = new InertQueueManager(instance.flushSocket("qmgr"));
    try {
      const logs = new ManyLogs(instance, hashingOf(main), LOGS);
      logs.create();
      await body(instance, logs);
    } finally {
      queue_manager.stop();
    }
  } finally {
    await instance.remove();
  }
}

/** What is added to a current log: another one's message, which is deferred and stays so. */
function secondEntry(logs: ManyLogs, number: number): QueueId {
  return logs.id(number - LOGS / 2);
}

/** Asks for one thing after the other until the walk has ended. */
class Asking {
  /** Numbers of logs that were sent, and of those that got a second entry. */
  readonly sent: number[] = [];
  readonly added: number[] = [];
  readonly uses: ProcessUse[] = [];
  /** Answers that came while the walk was under way. */
  answered_meanwhile = 0;
  readonly #socket: string;
  readonly #logs: ManyLogs;
  readonly #pid: number;

  constructor(socket: string, logs: ManyLogs, pid: number) {
    this.#socket = socket;
    this.#logs = logs;
    this.#pid = pid;
  }

  async run(): Promise<void> {
    let has_ended = false;
    const walk = this.#walk().then(() => {
      has_ended = true;
    });
    // From both ends of the record, wherever the walk may be in it.
    for (let count = 0; count < ASKED_FOR; count++) {
      await this.#send(2 * count);
      await this.#add(LOGS - 2 - 2 * count);
      this.answered_meanwhile += has_ended ? 0 : 2;
    }
    await walk;
    this.#look();
  }

  async #walk(): Promise<void> {
    const connection = await FlushConnection.open(this.#socket, WALK_LIMIT_MS);
    connection.write("W\0");
    expect(await connection.answer).toEqual({ kind: "status", status: 0 });
  }

  async #send(number: number): Promise<void> {
    await this.#ask("send_site", "site", this.#logs.site(number));
    this.sent.push(number);
  }

  async #add(number: number): Promise<void> {
    const queue_id = secondEntry(this.#logs, number);
    await this.#ask("add", "site", this.#logs.site(number), "queue_id", queue_id);
    this.added.push(number);
  }

  async #ask(...words: readonly string[]): Promise<void> {
    const answer = await flushRequest(this.#socket, ["request", ...words]);
    expect(answer).toEqual({ kind: "status", status: 0 });
    this.#look();
  }

  #look(): void {
    const use = useOf(this.#pid);
    if (use !== undefined) {
      this.uses.push(use);
    }
  }
}

/** Of the process that serves: there is one, as long as nobody ends it. */
async function servingPid(instance: PostfixInstance): Promise<number> {
  const words = ["request", "add", "site", "first.example", "queue_id", "ABC123"];
  const answer = await flushRequest(instance.flushSocket(), words);
  expect(answer).toEqual({ kind: "status", status: 0 });
  const pids = instance.flushPids("fastflush/flush");
  expect(pids).toHaveLength(1);
  return pids[0] ?? 0;
}

describe("a wake-up over many logs", () => {
  for (const { name, main } of LAYOUTS) {
    test(
      `${name}: requests are answered, the record is right, little is held`,
      () =>
        withMany(main, async (instance, logs) => {
          const mark = instance.log.mark();
          const pid = await servingPid(instance);
          const before = useOf(pid);
          const asking = new Asking(instance.flushSocket(), logs, pid);
          await asking.run();

          // Had they waited for the walk, the first answers could at most have come together with its end.
          expect(asking.answered_meanwhile).toBeGreaterThan(2);
          const current = LOGS / 2 - asking.sent.length - asking.added.length;
          expect(logs.look()).toEqual({
            current: { full: current, empty: asking.sent.length, other: asking.added.length },
            outdated: { full: 0, empty: LOGS / 2, other: 0 },
          });
          for (const number of asking.sent) {
            const text = logs.text(number);
            const queues = [logs.isIn("deferred", number), logs.isIn("incoming", number)];
            expect({ number, text, queues }).toEqual({ number, text: "", queues: [false, true] });
          }
          for (const number of asking.added) {
            const entries = logs.text(number)?.split("\n").slice(0, -1).toSorted();
            const wanted = [logs.id(number), secondEntry(logs, number)].toSorted();
            expect({ number, entries }).toEqual({ number, entries: wanted });
          }
          expect(instance.flushPids("fastflush/flush")).toEqual([pid]);
          const most = (pick: (use: ProcessUse) => number): number =>
            Math.max(...asking.uses.map(pick)) - (before === undefined ? 0 : pick(before));
          expect(most((use) => use.descriptors)).toBeLessThanOrEqual(DESCRIPTORS_MAX);
          expect(most((use) => use.memory_bytes)).toBeLessThanOrEqual(MEMORY_BYTES_MAX);
          expect(complaints(instance.log.linesSince(mark))).toEqual([]);
        }),
      TEST_LIMIT_MS + WALK_LIMIT_MS,
    );
  }
});
