/**
 * What the service's processes are allowed to do, as the kernel sees them, however they were started: jail, user,
 * groups and capabilities of every thread; and that their descriptors and folders lead nowhere else.
 */
import { expect } from "bun:test";
import { readlinkSync, statSync } from "node:fs";
import { flushRequest } from "../../lab/flush_request.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { rootOf, threadRights } from "../../lab/processes.ts";
import { describeServices, type Service } from "../postfix/services.ts";
import { openDescriptors } from "./open_descriptors.ts";

const ADD = ["request", "add", "site", "one.example", "queue_id", "ABC123"];

interface Start {
  readonly by: string;
  /** Column "wakeup" of the entry. */
  readonly wake_up: string;
  /** Returns once a process of the service is there or about to be. */
  readonly happens: (instance: PostfixInstance, service: Service) => Promise<void>;
}

async function askedByClient(instance: PostfixInstance): Promise<void> {
  const answer = await flushRequest(instance.flushSocket(), ADD);
  expect(answer).toEqual({ kind: "status", status: 0 });
}

const STARTS: readonly Start[] = [
  { by: "a client", wake_up: "0", happens: askedByClient },
  {
    by: "master's wake-up",
    wake_up: "1",
    happens: async () => {},
  },
  {
    by: "a client after a reload",
    wake_up: "0",
    happens: async (instance, service) => {
      await askedByClient(instance);
      const old = instance.flushPids(service.command);
      await instance.reload();
      await instance.waitFor("the old processes to leave", () => {
        const there = instance.flushPids(service.command);
        return !old.some((pid) => there.includes(pid));
      });
      await askedByClient(instance);
    },
  },
];

/** Processes that are done with starting: they have been root's until then. */
async function startedPids(instance: PostfixInstance, service: Service): Promise<number[]> {
  const { uid } = instance.owner;
  return await instance.waitFor("processes that have given up root", () => {
    const there = instance.flushPids(service.command);
    return there.length > 0 && there.every((pid) => threadRights(pid)[0]?.uids[0] === uid) && there;
  });
}

/** What is open outside the queue, by which a jail could be left. A wake-up at work has logs and directories of the queue open. */
function openOutside(pid: number, queueFolder: string): string[] {
  return openDescriptors(pid)
    .map(({ target }) => target)
    .filter((target) => target.startsWith("/") && target !== "/dev/null")
    .filter((target) => !target.startsWith(`${queueFolder}/`));
}

describeServices("rights", (labTest, service) => {
  const isOurs = service.command !== "flush";
  for (const chroot of [true, false]) {
    for (const { by, wake_up, happens } of STARTS) {
      const name = `every thread is the mail owner and no more, chroot ${chroot ? "y" : "n"}, started by ${by}`;
      labTest(name, { chroot, wake_up }, async (instance) => {
        await happens(instance, service);
        const { uid, gid } = instance.owner;
        expect(uid).toBeGreaterThan(0);
        const want = {
          uids: [uid, uid, uid, uid],
          gids: [gid, gid, gid, gid],
          groups: [gid],
          capabilities: { eff: 0n, prm: 0n, inh: 0n, amb: 0n },
        };
        for (const pid of await startedPids(instance, service)) {
          const threads = threadRights(pid);
          expect(threads.length).toBeGreaterThan(isOurs ? 1 : 0);
          for (const { tid, ...rights } of threads) {
            expect({ pid, tid, ...rights }).toEqual({ pid, tid, ...want });
          }
          expect(rootOf(pid)).toBe(chroot ? instance.queue_folder : "/");
          expect(readlinkSync(`/proc/${pid}/cwd`)).toBe(instance.queue_folder);
          expect(openOutside(pid, instance.queue_folder)).toEqual([]);
        }
      });
    }
  }

  labTest("a logfile is the mail owner's, 0600, a line an entry", {}, async (instance) => {
    for (const queue_id of ["ABC123", "4jYCDY3XvNzLDg6L"]) {
      const words = ["request", "add", "site", "One.Example", "queue_id", queue_id];
      const answer = await flushRequest(instance.flushSocket(), words);
      expect(answer).toEqual({ kind: "status", status: 0 });
    }
    const path = `${instance.queue_folder}/flush/one_example`;
    const { uid, gid, mode } = statSync(path);
    expect([uid, gid, mode & 0o7777]).toEqual([instance.owner.uid, instance.owner.gid, 0o600]);
    expect(await Bun.file(path).text()).toBe("ABC123\n4jYCDY3XvNzLDg6L\n");
  });
});
