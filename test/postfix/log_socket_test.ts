/**
 * Log sockets as they are on a bad day: one that nobody reads, and one that is not there. And syslog,
 * for which a private /dev is put up, since its address can't be configured.
 */
import { dlopen, FFIType } from "bun:ffi";
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { flushRequest } from "../../lab/flush_request.ts";
import { PROGRAM } from "../../lab/instance_files.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { pidsRunning } from "../../lab/processes.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const int = FFIType.i32;
const pointer = FFIType.ptr;

/** Bun has no datagram sockets of this family. */
const libc = dlopen("libc.so.6", {
  socket: { args: [int, int, int], returns: int },
  bind: { args: [int, pointer, FFIType.u32], returns: int },
  recv: { args: [int, pointer, FFIType.u64, int], returns: int },
  close: { args: [int], returns: int },
}).symbols;

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;
const ADDRESS_BYTES = 110;

/** A request that must be refused with a warning; each has a site of its own. */
function refused(index: number): string[] {
  return ["request", "add", "site", `[10.0.0.${index}]`, "queue_id", "A1"];
}

/** Many more than the kernel queues for a socket (net.unix.max_dgram_qlen). */
const WARNINGS = 600;

describe("log socket", () => {
  test(
    "that is stuck - delays no request, and gets its lines later, in order",
    async () => {
      const flush = {
        command: "fastflush/flush",
        chroot: true,
        args: ["-o", "max_use=10000"],
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
        const { stdout, exitCode } = standAlone(folder, "rm -f /dev/log");
        expect(stdout.toString()).toEndWith("\0status\x004\0\0");
        expect(exitCode).toBe(0);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    TEST_LIMIT_MS,
  );

  test(
    "syslog's - gets facility, severity, local time and tag",
    async () => {
      const folder = mkdtempSync("/var/tmp/fastflush-test-");
      const socket = bindDatagrams(join(folder, "log"));
      try {
        const { stdout } = standAlone(folder, `ln -s ${folder}/log /dev/log`);
        expect(stdout.toString()).toEndWith("\0status\x004\0\0");
        const line = receive(socket);
        expect(line).toMatch(
          /^<20>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d relay\/flush\[\d+\]: warning: midna_domain_to_ascii_create: /,
        );
        // The zone is five and a half hours ahead of UTC: never the same minute.
        const minute = Number(/:(\d\d):/.exec(line ?? "")?.[1]);
        const minutes = [-1, 0].map((each) =>
          new Date(Date.now() + 60_000 * (each + 30)).getMinutes(),
        );
        expect(minutes).toContain(minute);
      } finally {
        libc.close(socket);
        rmSync(folder, { recursive: true });
      }
    },
    TEST_LIMIT_MS,
  );
});

/** Runs the program with -S for one refused request, with a /dev of its own that `prepare` changes. */
function standAlone(folder: string, prepare: string): Bun.SyncSubprocess<"pipe", "pipe"> {
  const main = [
    `queue_directory = ${folder}`,
    "fast_flush_domains = static:all",
    "syslog_name = relay",
    "compatibility_level = 3.6",
    "myhostname = relay.example",
  ];
  Bun.spawnSync(["sh", "-c", 'printf "%s\\n" "$@" > "$0"', join(folder, "main.cf"), ...main]);
  const script = `mount -t tmpfs none /dev && mknod /dev/null c 1 3 && ${prepare} && exec "$0" -S`;
  return Bun.spawnSync(["unshare", "-m", "sh", "-c", script, PROGRAM], {
    env: { MAIL_CONFIG: folder, TZ: "Asia/Kolkata" },
    stdin: Buffer.from(`${refused(1).join("\0")}\0\0`),
    stdout: "pipe",
    stderr: "pipe",
  });
}

function bindDatagrams(path: string): number {
  const socket = libc.socket(AF_UNIX, SOCK_DGRAM, 0);
  const address = Buffer.alloc(ADDRESS_BYTES);
  address.writeUInt16LE(AF_UNIX, 0);
  address.write(path, 2, "latin1");
  expect(libc.bind(socket, address, address.length)).toBe(0);
  return socket;
}

function receive(socket: number): string | null {
  const bytes = Buffer.alloc(4096);
  const count = libc.recv(socket, bytes, bytes.length, MSG_DONTWAIT);
  return count < 0 ? null : bytes.toString("latin1", 0, count);
}
