/**
 * What the service holds open, each with what it is for: nothing else, neither at the beginning nor after all that it
 * can be asked for, nor where it has started programs.
 */
import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { FlushConnection, flushRequest } from "../../lab/flush_request.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { TEST_LIMIT_MS } from "../postfix/services.ts";
import { doEverything, SITE } from "./every_request.ts";
import { openDescriptors } from "./open_descriptors.ts";

/** What there is, and what for. */
const PURPOSES: ReadonlyArray<readonly [held: string, why: string]> = [
  ["0 /dev/null", "standard input, from master"],
  ["1 /dev/null", "standard output, from master"],
  ["2 /dev/null", "standard error, from master"],
  ["3 pipe", "master's flow control, read end: every child has it; not used"],
  ["4 pipe", "master's flow control, write end: likewise"],
  ["5 UNIX stream", "status channel to master"],
  ["6 UNIX stream", "listen socket of public/flush"],
  ["other anon_inode:[eventpoll]", "the service's event loop (sys/event_loop.ts)"],
  ["other anon_inode:[eventpoll]", "the runtime's own"],
  ["other anon_inode:[eventfd]", "the runtime's threads wake it by this"],
  ["other UNIX datagram", "the log: public/postlog, or /dev/log"],
];

/** What there is beside, where a table takes the lookup helper. */
const HELPER_PURPOSES: ReadonlyArray<readonly [held: string, why: string]> = [
  ["other UNIX stream", "connection to the helper"],
  ["other UNIX stream", "the helper's status channel, as master has one"],
  ["other anon_inode:[pidfd]", "the runtime's, of the helper"],
  ["other anon_inode:[eventpoll]", "the runtime's, to wait for postconf(1) and postmap(1)"],
  ["other anon_inode:[eventfd]", "likewise"],
];

/** Those that master passes on have fixed numbers; the others have any. */
const OWN_FROM = 7;

function held(pid: number): string[] {
  return openDescriptors(pid).map(({ number, target }) => {
    const kind = target.replace(/^pipe:.*/, "pipe");
    return `${number < OWN_FROM ? number : "other"} ${kind}`;
  });
}

describe("descriptors", () => {
  for (const chroot of [true, false]) {
    const title = `each has its purpose, before and after everything that can be asked, chroot ${chroot ? "y" : "n"}`;
    const body = async (): Promise<void> => {
      const instance = await PostfixInstance.create({
        flush: { command: "fastflush/flush", chroot, args: ["-o", "max_use=100000"] },
        sites: [SITE],
        name: "fastflush-test",
      });
      const pids = (): number[] => instance.flushPids("fastflush/flush");
      const expectPurposes = async (what: string): Promise<void> => {
        const want = PURPOSES.map(([what]) => what).toSorted();
        // A wake-up or a client may just be served: it has a descriptor as long as that takes.
        await instance
          .waitFor("descriptors as wanted", () =>
            pids().every((pid) => Bun.deepEquals(held(pid).toSorted(), want)),
          )
          .catch(() => {});
        for (const pid of pids()) {
          expect({ what, held: held(pid).toSorted() }).toEqual({ what, held: want });
        }
      };
      try {
        await instance.start();
        await flushRequest(instance.flushSocket(), ["request", "purge"]);
        expect(pids()).toHaveLength(1);
        await expectPurposes("at the beginning");
        const clients = [
          await FlushConnection.open(instance.flushSocket()),
          await FlushConnection.open(instance.flushSocket()),
        ];
        const [pid = 0] = pids();
        expect(held(pid)).toHaveLength(PURPOSES.length + clients.length);
        for (const client of clients) {
          client.close();
        }
        await doEverything(instance, true);
        expect(pids()).toEqual([pid]);
        await expectPurposes("after everything");
      } finally {
        await instance.remove();
      }
    };
    test(title, body, TEST_LIMIT_MS);
  }

  const body = async (): Promise<void> => {
    const instance = await PostfixInstance.create({
      flush: { command: "fastflush/flush", chroot: true, wake_up: "0" },
      main: { fast_flush_domains: "pcre:$config_directory/patterns" },
      name: "fastflush-test",
    });
    const table = join(instance.config_folder, "patterns");
    writeFileSync(table, "/^a\\.example$/ x\n");
    try {
      await instance.start();
      const words = ["request", "add", "site", "a.example", "queue_id", "ABC123"];
      expect(await flushRequest(instance.flushSocket(), words)).toEqual({
        kind: "status",
        status: 0,
      });
      const [pid = 0] = instance.flushPids("fastflush/flush");
      const want = [...PURPOSES, ...HELPER_PURPOSES, [`other ${table}`, "is looked at: O_PATH"]]
        .map(([what]) => what)
        .toSorted();
      await instance
        .waitFor("descriptors as wanted", () => Bun.deepEquals(held(pid).toSorted(), want))
        .catch(() => {});
      expect(held(pid).toSorted()).toEqual(want);
    } finally {
      await instance.remove();
    }
  };
  test("each has its purpose where there is a lookup helper", body, TEST_LIMIT_MS);
});
