/**
 * Log sockets as they are on a bad day: one that nobody reads, and one that is not there. And syslog,
 * for which a private /dev is put up, since its address can't be configured.
 */
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { flushRequest } from "../../lab/flush_request.ts";
import { PROGRAM } from "../../lab/instance_files.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { pidsRunning } from "../../lab/processes.ts";
import { replyOf } from "../contract/contract_case.ts";
import { close, datagramSocketAt, receive, send, socketPair } from "../contract/kernel.ts";
import { findPrograms } from "../contract/programs.ts";
import { TEST_LIMIT_MS } from "./services.ts";

/** A request that must be refused with a warning; each has a site of its own. */
function refused(index: number): string[] {
  return ["request", "add", "site", `[10.0.0.${index}]`, "queue_id", "A1"];
}

/** What comes of it. */
const DENIED = replyOf(4);

/** Many more than the kernel queues for a socket (net.unix.max_dgram_qlen). */
const WARNINGS = 600;

describe("log socket", () => {
  test(
    "that is stuck - delays no request, and gets its lines later, in order",
    async () => {
      const flush = {
        command: "fastflush/flush",
        chroot: true,
        args: ["-o", "max_use=100000"],
      } as const;
      const instance = await PostfixInstance.create({ flush, name: "fastflush-test" });
      try {
        await instance.start();
        await flushRequest(instance.flushSocket(), refused(0));
        const [postlogd] = await instance.waitFor("postlogd", () => {
          const pids = pidsRunning(join(instance.folder, "sbin", "postlogd"));
          return pids.length > 0 && pids;
        });
        process.kill(postlogd ?? 0, "SIGSTOP");
        try {
          for (let index = 1; index <= WARNINGS; index++) {
            const answer = await flushRequest(instance.flushSocket(), refused(index));
            expect(answer).toEqual({ kind: "status", status: 4 });
          }
        } finally {
          process.kill(postlogd ?? 0, "SIGCONT");
        }
        const lines = await instance.waitFor("all lines", () => {
          const found = instance.log.linesSince(0).flatMap(({ pid, text }) => {
            const index = /domain "\[10\.0\.0\.(\d+)\]"/.exec(text)?.[1];
            return index === undefined ? [] : { pid, index: Number(index) };
          });
          return found.length === WARNINGS + 1 && found;
        });
        // Each process writes in order, should there be a second one.
        for (const pid of new Set(lines.map((line) => line.pid))) {
          const own = lines.filter((line) => line.pid === pid).map(({ index }) => index);
          expect(own).toEqual(own.toSorted((a, b) => a - b));
        }
        expect(new Set(lines.map(({ index }) => index)).size).toBe(WARNINGS + 1);
      } finally {
        await instance.remove();
      }
    },
    TEST_LIMIT_MS,
  );

  test(
    "that is not there - delays no request",
    async () => {
      const folder = mkdtempSync("/var/tmp/fastflush-test-");
      try {
        expect(standAlone(folder, "rm -f /dev/log")).toEqual({ reply: DENIED, exitCode: 0 });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    TEST_LIMIT_MS,
  );

  for (const [facility, priority] of [
    ["mail", 20],
    ["local3", 156],
  ] as const) {
    for (const name of ["original", "ours"] as const) {
      test(
        `syslog's - gets facility ${facility}, severity, local time and tag, ${name}`,
        async () => {
          const programs = await findPrograms();
          const folder = mkdtempSync("/var/tmp/fastflush-test-");
          const socket = datagramSocketAt(join(folder, "log"));
          try {
            const main = [`syslog_facility = ${facility}`];
            const link = `ln -s ${folder}/log /dev/log`;
            expect(standAlone(folder, link, programs[name], main).reply).toBe(DENIED);
            const line = receive(socket);
            expect(line).toMatch(
              /^<\d+>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d relay\/flush\[\d+\]: warning: midna_domain_to_ascii_create: /,
            );
            expect(line).toStartWith(`<${priority}>`);
            // The zone is five and a half hours ahead of UTC: never the same minute.
            const minute = Number(/:(\d\d):/.exec(line ?? "")?.[1]);
            const minutes = [-1, 0].map((each) =>
              new Date(Date.now() + 60_000 * (each + 30)).getMinutes(),
            );
            expect(minutes).toContain(minute);
          } finally {
            close(socket);
            rmSync(folder, { recursive: true });
          }
        },
        TEST_LIMIT_MS,
      );
    }
  }
});

/** Runs a program with -S for one refused request, with a /dev of its own that `prepare` changes. */
function standAlone(
  folder: string,
  prepare: string,
  program = PROGRAM,
  further: readonly string[] = [],
): { readonly reply: string; readonly exitCode: number } {
  const main = [
    `queue_directory = ${folder}`,
    "fast_flush_domains = static:all",
    "syslog_name = relay",
    "compatibility_level = 3.6",
    "myhostname = relay.example",
    "inet_interfaces = 127.0.0.1",
    ...further,
  ];
  Bun.spawnSync(["sh", "-c", 'printf "%s\\n" "$@" > "$0"', join(folder, "main.cf"), ...main]);
  const script = `mount -t tmpfs none /dev && mknod /dev/null c 1 3 && ${prepare} && exec "$0" -S`;
  // The original takes its client's two directions for one socket.
  const { own, other } = socketPair();
  send(own, `${refused(1).join("\0")}\0\0`);
  const { exitCode } = Bun.spawnSync(["unshare", "-m", "sh", "-c", script, program], {
    env: { MAIL_CONFIG: folder, TZ: "Asia/Kolkata" },
    stdio: [other, other, "ignore"],
  });
  close(other);
  const reply = receive(own) ?? "";
  close(own);
  return { reply, exitCode };
}
