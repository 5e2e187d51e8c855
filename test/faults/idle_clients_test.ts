/**
 * Clients that connect and say nothing, more than a process has descriptors for: others are served meanwhile, without
 * waiting for the end of any idle one, and the idle ones are ended by ipc_timeout.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { type Answer, FlushConnection } from "../../lab/flush_request.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { useOf } from "../../lab/processes.ts";
import { run } from "../../lab/run.ts";
import { add, expectNoDeath, expectWarning, OK, withInstance } from "./faulty_instance.ts";
import { titled } from "./mounts.ts";
import { FAULT_LIMIT_MS, tellFigures } from "./scale.ts";

const IDLE = 2000;

/** One in so many has begun a request, and does not go on. */
const STALLED_OF = 4;

/** At a time, since a listen queue is no longer than that. */
const AT_ONCE = 50;

/**
 * The limit that systemd and shells give a process unless told otherwise, and one that is far too low. Where nobody is ended
 * by ipc_timeout, as long as it is, only another process can serve those that come when one is full.
 */
const LIMITS = [
  { descriptors: 1024, idle: IDLE, ipc_timeout: "5s", areEnded: true },
  { descriptors: 140, idle: 50, ipc_timeout: "2s", areEnded: true },
  { descriptors: 480, idle: 500, ipc_timeout: "3600s", areEnded: false },
];

/** Descriptors of a process that serves nobody: some ten. */
const WITHOUT_CLIENTS_MAX = 16;

/** Longer than any idle client may stay. */
const CLIENT_LIMIT_MS = 60 * 1000;

/** What an idle client is told by ipc_timeout, and one that stalled. */
const ENDED: readonly Answer[] = [
  { kind: "status", status: 3 },
  { kind: "closed", bytes: "protocol\0queue_flush_protocol\0\0" },
];

/** This process's own limit: it holds a descriptor for each client. */
function ownLimit(): number {
  const [, limit] =
    /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return Number(limit);
}

/** Starts Postfix as a shell does whose limit is that. */
async function startWith(instance: PostfixInstance, descriptors: number): Promise<void> {
  const script = `ulimit -n ${descriptors} && exec postfix start`;
  const env = { MAIL_CONFIG: instance.config_folder };
  expect((await run(["sh", "-c", script], { env })).status).toBe(0);
  await instance.waitFor("master to run", () => instance.masterPid());
}

/** Connects them; each has been accepted. */
async function connectIdle(
  instance: PostfixInstance,
  count: number,
): Promise<readonly FlushConnection[]> {
  const connections: FlushConnection[] = [];
  while (connections.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - connections.length) }, () =>
      FlushConnection.open(instance.flushSocket(), CLIENT_LIMIT_MS),
    );
    for (const [index, connection] of (await Promise.all(some)).entries()) {
      if (index % STALLED_OF === 0) {
        connection.write("request\0ad");
      }
      connections.push(connection);
    }
  }
  return connections;
}

for (const { descriptors, idle, ipc_timeout, areEnded } of LIMITS) {
  const too_low = ownLimit() < 2 * idle ? `this shell's own limit is ${ownLimit()}` : null;
  const title = `${idle} idle clients, ${descriptors} descriptors a process - others are served`;
  test.skipIf(too_low !== null)(
    titled(title, too_low),
    () =>
      withInstance(
        { args: ["-o", `ipc_timeout=${ipc_timeout}`, "-o", "max_use=100000"] },
        async (instance) => {
          await instance.stop();
          await startWith(instance, descriptors);
          const mark = instance.log.mark();
          const connections = await connectIdle(instance, idle);
          const pids = instance.flushPids("fastflush/flush");
          const uses = pids.map((pid) => useOf(pid)?.descriptors ?? 0);
          for (let count = 0; count < 20; count++) {
            expect(await add(instance, `x${count}.example`, "ABC123")).toEqual(OK);
          }
          for (const connection of areEnded ? [] : connections) {
            connection.close();
          }
          const answers = await Promise.all(connections.map(({ answer }) => answer));
          // One that stalled after its time was up was idle until then.
          for (const answer of answers) {
            expect(ENDED).toContainEqual(answer);
          }
          await instance.waitFor("no process to have a client", () =>
            instance
              .flushPids("fastflush/flush")
              .every((pid) => (useOf(pid)?.descriptors ?? 0) <= WITHOUT_CLIENTS_MAX),
          );
          expect(await add(instance, "last.example", "ABC123")).toEqual(OK);
          if (areEnded) {
            await expectWarning(instance, mark, "timeout while waiting for data from flush socket");
          }
          expectNoDeath(instance, mark);
          tellFigures(`${idle} idle clients`, { processes: pids.length, descriptors: uses });
        },
      ),
    FAULT_LIMIT_MS,
  );
}
