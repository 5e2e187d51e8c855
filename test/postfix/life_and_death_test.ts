/**
 * How the service's processes come and go under a real master(8) (POSTFIX-FLUSH-SPEC 7.6).
 */
import { describe, expect, test } from "bun:test";
import { type Answer, FlushConnection, flushRequest } from "../../lab/flush_request.ts";
import { logfileOf } from "../../lab/mail_queue.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { SERVICES, type Service, TEST_LIMIT_MS, withInstance } from "./services.ts";

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
      const queue_id = `ID${this.queue_ids.length}`;
      this.queue_ids.push(queue_id);
      this.answers.push(await add(instance, queue_id));
    }
  }
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

/** What master(8) says of a process that did not end as it should. */
function complaints(instance: PostfixInstance): string[] {
  return instance.log
    .linesSince(0)
    .filter(({ tag, text }) => tag === "postfix/master" && text.startsWith("warning"))
    .map(({ text }) => text);
}

for (const service of SERVICES) {
  describe.skipIf(service.missing)(`life and death, ${service.name}`, () => {
    test(
      "postfix stop - ends the service",
      () =>
        withInstance(service, {}, async (instance) => {
          await startProcess(instance, service);
          expect((await instance.command("postfix", "stop")).status).toBe(0);
          // `postfix stop` returns when master is gone; nothing that it started may outlive it for long.
          await instance.waitFor("the service to end", () => {
            return instance.flushPids(service.command).length === 0;
          });
          expect(instance.masterPid()).toBeUndefined();
        }),
      TEST_LIMIT_MS,
    );

    test(
      "postfix reload - under a stream of requests: none refused, none lost, new processes",
      () =>
        withInstance(service, {}, async (instance) => {
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
        }),
      TEST_LIMIT_MS,
    );

    test(
      "postfix reload - an idle process leaves, the next request finds a new one",
      () =>
        withInstance(service, {}, async (instance) => {
          const old = await startProcess(instance, service);
          await instance.reload();
          await waitUntilEnded(instance, service, old);
          const young = await startProcess(instance, service);
          expect(young.filter((pid) => old.includes(pid))).toEqual([]);
          expect(complaints(instance)).toEqual([]);
        }),
      TEST_LIMIT_MS,
    );

    for (const [event, happen] of [
      ["postfix reload", (instance: PostfixInstance) => instance.reload()],
      ["kill -9 of master", killMaster],
    ] as const) {
      test(
        `${event} - a request that has begun is finished first`,
        () =>
          withInstance(service, {}, async (instance) => {
            const connection = await FlushConnection.open(instance.flushSocket());
            connection.write("request\0add\0");
            const pids = instance.flushPids(service.command);
            await happen(instance);
            // Other processes leave; the one that serves us stays.
            await instance.waitFor("all but one process to leave", () => {
              return (
                instance.flushPids(service.command).filter((pid) => pids.includes(pid)).length <= 1
              );
            });
            connection.write(`site\0${SITE}\0queue_id\0LATE\0\0`);
            expect(await connection.answer).toEqual(OK);
            expect(instance.record().get(logfileOf(SITE))).toEqual(["LATE"]);
            await waitUntilEnded(instance, service, pids);
          }),
        TEST_LIMIT_MS,
      );
    }

    test(
      "kill -9 of master - the service leaves by itself",
      () =>
        withInstance(service, {}, async (instance) => {
          await startProcess(instance, service);
          await killMaster(instance);
          await instance.waitFor("the service to end", () => {
            return instance.flushPids(service.command).length === 0;
          });
        }),
      TEST_LIMIT_MS,
    );

    test(
      "max_idle - an idle process leaves without complaint, the next request finds a new one",
      () =>
        withInstance(service, { args: ["-o", "max_idle=1s"] }, async (instance) => {
          const old = await startProcess(instance, service);
          await waitUntilEnded(instance, service, old);
          const young = await startProcess(instance, service);
          expect(young.filter((pid) => old.includes(pid))).toEqual([]);
          expect(complaints(instance)).toEqual([]);
        }),
      TEST_LIMIT_MS,
    );

    test(
      "max_use - no process serves more clients, and every client is served",
      () =>
        withInstance(service, { args: ["-v", "-o", "max_use=2"] }, async (instance) => {
          for (let count = 0; count < 7; count++) {
            expect(await add(instance, `ID${count}`)).toEqual(OK);
          }
          expect(instance.record().get(logfileOf(SITE))).toHaveLength(7);
          const lines = instance.log.linesSince(0).filter(({ tag }) => tag === "postfix/flush");
          const served = lines.filter(({ text }) => text === "connection established");
          const by_pid = Map.groupBy(served, ({ pid }) => pid);
          expect(Math.max(...[...by_pid.values()].map((group) => group.length))).toBe(2);
          expect(by_pid.size).toBeGreaterThanOrEqual(4);
          await waitUntilEnded(
            instance,
            service,
            [...by_pid.keys()].filter((pid) => by_pid.get(pid)?.length === 2),
          );
          expect(complaints(instance)).toEqual([]);
        }),
      TEST_LIMIT_MS,
    );
  });
}

async function killMaster(instance: PostfixInstance): Promise<void> {
  const pid = instance.masterPid();
  if (pid === undefined) {
    throw new Error("kill the master: it does not run");
  }
  process.kill(pid, "SIGKILL");
  await instance.waitFor("master to be gone", () => instance.masterPid() === undefined);
}
