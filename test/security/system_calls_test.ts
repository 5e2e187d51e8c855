/**
 * All that the service asks of the kernel, by strace(1), while it does everything that it can: under a real master,
 * jailed and not, with a flat and a hashed record. No socket but those of the queue directory, no program, no change to
 * what is no log and no queue file, no link followed.
 *
 * Skipped, with the reason, where strace is missing or the machine forbids it.
 */
import { describe, expect, test } from "bun:test";
import { chownSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MainValues } from "../../lab/instance_files.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { TEST_LIMIT_MS } from "../postfix/services.ts";
import { type Confinement, objectionsTo } from "./call_rules.ts";
import { doEverything, SITE } from "./every_request.ts";
import { traceFlush, whyNotTraced } from "./system_calls.ts";
import type { SystemCall } from "./traced_process.ts";

const reason = await whyNotTraced();

/** Until strace is as far as its master, everything takes several times as long. */
const LIMIT_MS = 2 * TEST_LIMIT_MS;

interface World {
  readonly name: string;
  readonly isJailed: boolean;
  readonly main: MainValues;
  /** Calls by which it is seen that everything was done. */
  readonly made: readonly string[];
}

const WORLDS: readonly World[] = [
  {
    name: "jailed, flat record",
    isJailed: true,
    main: {},
    made: ["chroot", "unlink", "fchmod"],
  },
  {
    name: "not jailed, hashed record and queue",
    isJailed: false,
    main: { hash_queue_names: "deferred, defer, incoming, flush", hash_queue_depth: "2" },
    made: ["mkdir"],
  },
];

const ALWAYS_MADE = [
  "socket",
  "connect",
  "accept4",
  "openat",
  "rename",
  "utimensat",
  "pwrite64",
  "ftruncate",
];

/**
 * Two logs to which nothing was added for longer than any log is kept: an empty one that is to be removed, and one of a
 * message that is no more.
 */
function plantOldLogs({ queue_folder, owner }: PostfixInstance): void {
  for (const [name, text] of [
    ["old_example", ""],
    ["outdated_example", "4jYCDY3XvNzLDg6L\n"],
  ] as const) {
    const path = join(queue_folder, "flush", name);
    writeFileSync(path, text, { mode: 0o600 });
    chownSync(path, owner.uid, owner.gid);
    utimesSync(path, 1, 1);
  }
}

describe("system calls", () => {
  for (const { name, isJailed, main, made } of WORLDS) {
    const body = async (): Promise<void> => {
      const instance = await PostfixInstance.create({
        flush: { command: "fastflush/flush", chroot: isJailed },
        sites: [SITE],
        main,
        name: "fastflush-test",
      });
      try {
        await instance.start();
        plantOldLogs(instance);
        const processes = await traceFlush(instance, async () => {
          await doEverything(instance, true);
          await instance.reload();
          await doEverything(instance, true);
        });
        expect(processes.length).toBeGreaterThanOrEqual(2);
        const calls = processes.flatMap((each) => each.calls);
        const names = new Set(calls.map((call) => call.name));
        const notMade = [...ALWAYS_MADE, ...made].filter((each) => !names.has(each));
        expect(notMade).toEqual([]);
        expect(names.has("chroot")).toBe(isJailed);
        const pids = new Set(processes.map(({ pid }) => pid));
        const isOfOther = ({ name, tid }: SystemCall) => name === "ftruncate" && !pids.has(tid);
        expect(calls.some(isOfOther)).toBeTrue();
        const confinement = { queueFolder: instance.queue_folder, isJailed };
        for (const process of processes) {
          expect(objectionsTo(process.calls, confinement)).toEqual([]);
        }
      } finally {
        await instance.remove();
      }
    };
    const title = `of every thread are those that it needs - ${name}`;
    if (reason === null) {
      test(title, body, LIMIT_MS);
    } else {
      test.skip(`${title} (no strace: ${reason})`, () => {});
    }
  }
});

const CONFINEMENT: Confinement = { queueFolder: "/queue", isJailed: true };

/** Calls of one thread that starts as it should, with one more before or after it is confined. */
function withCall(name: string, args: string, when: "before" | "after"): string[] {
  const call = (each: string, text: string): SystemCall => ({
    tid: 1,
    name: each,
    args: text,
    result: "0",
  });
  const added = call(name, args);
  const start = [call("execve", '"/flush"'), call("chroot", '"/queue"')];
  const confined = [call("setuid", "102")];
  const calls = when === "before" ? [...start, added, ...confined] : [...start, ...confined, added];
  return objectionsTo(calls, CONFINEMENT);
}

describe("objections to system calls", () => {
  const bad: readonly (readonly [string, string, "before" | "after"])[] = [
    ["socket", "AF_INET, SOCK_STREAM, IPPROTO_TCP", "after"],
    ["socket", "AF_NETLINK, SOCK_RAW, NETLINK_ROUTE", "before"],
    ["connect", '9<socket:[1]>, {sa_family=AF_UNIX, sun_path="/run/other"}, 110', "after"],
    [
      "connect",
      '9<socket:[1]>, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110',
      "after",
    ],
    ["bind", '9<socket:[1]>, {sa_family=AF_UNIX, sun_path="public/x"}, 110', "after"],
    ["accept4", "7<socket:[1]>, NULL, NULL, 0", "after"],
    ["accept4", "6<socket:[1]>, NULL, NULL, 0", "before"],
    ["execve", '"/bin/sh", ["sh"], 0x1', "after"],
    ["clone", "child_stack=NULL, flags=SIGCHLD", "after"],
    ["setuid", "0", "after"],
    ["chroot", '".."', "after"],
    ["openat", 'AT_FDCWD</queue>, "/etc/shadow", O_RDONLY|O_NOFOLLOW', "after"],
    ["openat", 'AT_FDCWD</queue>, "flush/../../x", O_RDONLY|O_NOFOLLOW', "after"],
    ["openat", 'AT_FDCWD</queue>, "flush/x_example", O_RDONLY', "after"],
    ["openat", 'AT_FDCWD</queue>, "defer/A/ABC", O_RDWR|O_NOFOLLOW', "after"],
    ["openat", 'AT_FDCWD</queue>, "/var/log/x", O_WRONLY|O_CREAT, 0600', "before"],
    ["openat", 'AT_FDCWD</queue>, "/etc/shadow", O_RDONLY', "before"],
    ["openat", 'AT_FDCWD</queue>, ".env", O_RDONLY', "before"],
    ["statx", 'AT_FDCWD</queue>, "private/smtp", 0, STATX_BASIC_STATS, {}', "after"],
    ["rename", '"deferred/A/ABC", "corrupt/ABC"', "after"],
    ["unlink", '"deferred/A/ABC"', "after"],
    ["mkdir", '"flush", 0700', "before"],
    ["utimensat", 'AT_FDCWD</queue>, "/etc/passwd", [...], 0', "after"],
    ["utimensat", "9</etc/passwd>, NULL, [...], 0", "after"],
    ["pwrite64", '9</queue/deferred/A/ABC>, ""..., 3, 0', "after"],
    ["ftruncate", "9</queue/maildrop/ABC>, 0", "after"],
    ["write", '9</queue/flush/x>, ""..., 3', "after"],
    ["fchmod", "9</queue/flush/x>, 0777", "after"],
  ];
  test.each(bad)("%s(%s) %s it is confined - objected to", (name, args, when) => {
    expect(withCall(name, args, when)).toHaveLength(1);
  });

  const threads: readonly (readonly [string, readonly (readonly [number, string])[], number])[] = [
    ["begun by a confined one", [[2, "ftruncate"]], 0],
    [
      "that is confined with the first one",
      [
        [3, "setuid"],
        [3, "ftruncate"],
      ],
      0,
    ],
    [
      "that is not confined yet",
      [
        [3, "ftruncate"],
        [3, "setuid"],
      ],
      1,
    ],
  ];
  test.each(threads)("a cut by a thread %s", (_, others, count) => {
    const calls = [
      { tid: 1, name: "execve", args: '"/flush"', result: "0" },
      { tid: 1, name: "clone3", args: "{flags=CLONE_THREAD}, 88", result: "3" },
      { tid: 1, name: "setuid", args: "102", result: "0" },
      { tid: 1, name: "clone3", args: "{flags=CLONE_THREAD}, 88", result: "2" },
      ...others.map(([tid, name]) => ({ tid, name, args: "9</queue/flush/x>, 0", result: "0" })),
    ];
    expect(objectionsTo(calls, CONFINEMENT)).toHaveLength(count);
  });

  test("a process that stays root - objected to", () => {
    const calls = [{ tid: 1, name: "execve", args: '"/flush"', result: "0" }];
    expect(objectionsTo(calls, CONFINEMENT)).toEqual(["never confined"]);
  });
});
