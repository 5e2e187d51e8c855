/**
 * How the service's processes come and go under a real master(8) (POSTFIX-FLUSH-SPEC 7.6).
 */
import { expect } from "bun:test";
import { chownSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Answer, FlushConnection, flushRequest } from "../../lab/flush_request.ts";
import { ACCEPT_MS, GREETING } from "../../lab/greeting.ts";
import { logfileOf } from "../../lab/mail_queue.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { describeServices, type Service } from "./services.ts";

const SITE = "one.example";
const OK: Answer = { kind: "status", status: 0 };

/** Clients that ask without pause while the service is reloaded. */
const CLIENTS = 4;

/** Answers between two reloads: the new processes are at work by then. */
const ANSWERS_BETWEEN_RELOADS = 200;

function add(instance: PostfixInstance, queue_id: string): Promise<Answer> {
  const words = ["request", "add", "site", SITE, "queue_id", queue_id];
  return flushRequest(instance.flushSocket(), words);
}

/** Clients that add one entry after the other until they are stopped. */
class Stream {
  readonly answers: Answer[] = [];
  readonly queue_ids: string[] = [];
  #stopped = false;
  readonly #clients: Promise<void>[];

  constructor(instance: PostfixInstance) {
    this.#clients = Array.from({ length: CLIENTS }, () => this.#ask(instance));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  async #ask(instance: PostfixInstance): Promise<void> {
    while (!this.#stopped) {
      const queue_id = holdMessage(instance);
      this.queue_ids.push(queue_id);
      this.answers.push(await add(instance, queue_id));
    }
  }
}

/**
 * A message that stays where it is: a wake-up takes entries out whose message is in no queue. Its queue ID is of the
 * form that Postfix gives, with the inode in it: postsuper(1), which runs at a reload, renames all others.
 */
function holdMessage({ queue_folder, owner }: PostfixInstance): string {
  const path = join(queue_folder, "hold", "new");
  writeFileSync(path, "", { mode: 0o700, flag: "wx" });
  chownSync(path, owner.uid, owner.gid);
  const queue_id = `12345${statSync(path).ino.toString(16).toUpperCase()}`;
  renameSync(path, join(queue_folder, "hold", queue_id));
  return queue_id;
}

/** Asks once; returns the processes that are there then. */
async function startProcess(instance: PostfixInstance, service: Service): Promise<number[]> {
  expect(await add(instance, "FIRST")).toEqual(OK);
  const pids = instance.flushPids(service.command);
  expect(pids.length).toBeGreaterThan(0);
  return pids;
}

async function waitUntilEnded(
  instance: PostfixInstance,
  service: Service,
  pids: readonly number[],
): Promise<void> {
  await instance.waitFor(`flush processes ${pids.join(", ")} to leave`, () => {
    const there = instance.flushPids(service.command);
    return !pids.some((pid) => there.includes(pid));
  });
}

async function waitUntilNoneIsLeft(instance: PostfixInstance, service: Service): Promise<void> {
  await instance.waitFor("the service to end", () => {
    return instance.flushPids(service.command).length === 0;
  });
}

/** What master(8) says of a process that did not end as it should. */
function complaints(instance: PostfixInstance): string[] {
  return instance.log
    .linesSince(0)
    .filter(({ tag, text }) => tag === "postfix/master" && text.startsWith("warning"))
    .map(({ text }) => text);
}

async function killMaster(instance: PostfixInstance): Promise<void> {
  const pid = instance.masterPid();
  if (pid === undefined) {
    throw new Error("kill the master: it does not run");
  }
  process.kill(pid, "SIGKILL");
  await instance.waitFor("master to be gone", () => instance.masterPid() === undefined);
}

/** What makes a process leave when it has nothing to do. */
const FAREWELLS = [
  { event: "postfix reload", happen: (instance: PostfixInstance) => instance.reload() },
  { event: "kill -9 of master", happen: killMaster },
];

describeServices("death", (labTest, service) => {
  labTest("postfix stop - ends the service", {}, async (instance) => {
    await startProcess(instance, service);
    expect((await instance.command("postfix", "stop")).status).toBe(0);
    // `postfix stop` returns when master is gone; nothing that it started may outlive it for long.
    await waitUntilNoneIsLeft(instance, service);
    expect(instance.masterPid()).toBeUndefined();
  });

  labTest("kill -9 of master - the service leaves by itself", {}, async (instance) => {
    await startProcess(instance, service);
    await killMaster(instance);
    await waitUntilNoneIsLeft(instance, service);
    expect(complaints(instance)).toEqual([]);
  });

  for (const { event, happen } of FAREWELLS) {
    labTest(`${event} - a request that has begun is finished first`, {}, async (instance) => {
      const connection = await FlushConnection.open(instance.flushSocket());
      connection.write("request\0add\0");
      if (GREETING === "") {
        await instance.waitFor("a process", () => instance.flushPids(service.command).length > 0);
        await Bun.sleep(ACCEPT_MS);
      }
      const pids = instance.flushPids(service.command);
      await happen(instance);
      await instance.waitFor("all but the process that serves us to leave", () => {
        const there = instance.flushPids(service.command);
        return pids.filter((pid) => there.includes(pid)).length <= 1;
      });
      connection.write(`site\0${SITE}\0queue_id\0LATE\0\0`);
      expect(await connection.answer).toEqual(OK);
      expect(instance.record().get(logfileOf(SITE))).toEqual(["LATE"]);
      await waitUntilEnded(instance, service, pids);
    });
  }
});

describeServices("succession", (labTest, service) => {
  labTest("postfix reload - under load: none refused, none lost", {}, async (instance) => {
    const stream = new Stream(instance);
    for (let reloads = 0; reloads < 3; reloads++) {
      const goal = stream.answers.length + ANSWERS_BETWEEN_RELOADS;
      await instance.waitFor("answers", () => stream.answers.length >= goal);
      const old = instance.flushPids(service.command);
      await instance.reload();
      await waitUntilEnded(instance, service, old);
    }
    await stream.stop();
    expect(stream.answers.filter((answer) => !Bun.deepEquals(answer, OK))).toEqual([]);
    const lines = instance.record().get(logfileOf(SITE)) ?? [];
    expect([...lines].sort()).toEqual([...stream.queue_ids].sort());
    expect(complaints(instance)).toEqual([]);
  });

  for (const { event, args, happen } of [
    { event: "postfix reload", args: [], happen: FAREWELLS[0]?.happen },
    { event: "max_idle", args: ["-o", "max_idle=1s"], happen: undefined },
  ]) {
    labTest(`${event} - the next request finds a new process`, { args }, async (instance) => {
      const old = await startProcess(instance, service);
      await happen?.(instance);
      await waitUntilEnded(instance, service, old);
      const young = await startProcess(instance, service);
      expect(young.filter((pid) => old.includes(pid))).toEqual([]);
      expect(complaints(instance)).toEqual([]);
    });
  }

  const two_each = { args: ["-v", "-o", "max_use=2"] };
  labTest(
    "max_use - no process serves more, every client is served",
    two_each,
    async (instance) => {
      for (let count = 0; count < 7; count++) {
        expect(await add(instance, holdMessage(instance))).toEqual(OK);
      }
      expect(instance.record().get(logfileOf(SITE))).toHaveLength(7);
      const served = instance.log
        .linesSince(0)
        .filter(({ tag, text }) => tag === "postfix/flush" && text === "connection established");
      const by_pid = Map.groupBy(served, ({ pid }) => pid);
      expect(Math.max(...[...by_pid.values()].map((lines) => lines.length))).toBe(2);
      expect(by_pid.size).toBeGreaterThanOrEqual(4);
      const used_up = [...by_pid.keys()].filter((pid) => by_pid.get(pid)?.length === 2);
      await waitUntilEnded(instance, service, used_up);
      expect(complaints(instance)).toEqual([]);
    },
  );
});
