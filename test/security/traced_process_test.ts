import { describe, expect, test } from "bun:test";
import { socketObjections } from "./socket_rules.ts";
import { type SystemCall, tracedProcesses } from "./traced_process.ts";

const THREAD = "clone3({flags=CLONE_VM|CLONE_THREAD}, 88)";

/** Names and arguments of the calls of each process that executes /flush, by the files of each thread ID. */
function processes(files: Readonly<Record<number, readonly string[]>>): string[][] {
  const texts = new Map(
    Object.entries(files).map(([tid, lines]) => [Number(tid), `${lines.join("\n")}\n`]),
  );
  const found = tracedProcesses(texts, (path) => path === "/flush");
  return found.map(({ calls }) => calls.map(({ tid, name }) => `${tid} ${name}`));
}

describe("traced processes", () => {
  test("begin with the program, not with what its process was before", () => {
    const lines = [
      "1.0 socket(AF_INET, SOCK_STREAM, 0) = 3<socket:[1]>",
      '1.1 execve("/other", [...], 0x1 /* 3 vars */) = 0',
      '1.2 execve("/flush", [...], 0x1 /* 3 vars */) = 0',
      "1.3 setuid(102)                             = 0",
    ];
    expect(processes({ 7: lines })).toEqual([["7 execve", "7 setuid"]]);
  });

  test("are none where the program could not be executed", () => {
    const failed =
      '1.0 execve("/flush", [...], 0x1 /* 3 vars */) = -1 ENOENT (No such file or directory)';
    expect(processes({ 7: [failed, "1.1 setuid(102) = 0"] })).toEqual([]);
  });

  test("have the calls of the threads that they started, and of those that these started", () => {
    const found = processes({
      7: ['1.0 execve("/flush", [...]) = 0', `1.1 ${THREAD} = 8`],
      8: [`1.2 ${THREAD} = 9`],
      9: ["1.3 listen(6, 1) = 0"],
    });
    expect(found).toEqual([["7 execve", "7 clone3", "8 clone3", "9 listen"]]);
  });

  test("end where their thread ID is used again, also by a thread of another", () => {
    const found = processes({
      1: ["0.9 vfork() = 7", "2.9 vfork() = 7", "3.9 vfork() = 7"],
      7: [
        '1.0 execve("/flush", [...]) = 0',
        `1.1 ${THREAD} = 8`,
        "3.0 socket(AF_INET, SOCK_STREAM, 0) = 3",
        '4.0 execve("/flush", [...]) = 0',
        `4.1 ${THREAD} = 8`,
      ],
      8: ["0.1 bind(3, {}, 1) = 0", "1.2 listen(6, 1) = 0", "4.2 accept4(6, NULL, NULL, 0) = 7"],
    });
    expect(found).toEqual([
      ["7 execve", "7 clone3", "8 listen"],
      ["7 execve", "7 clone3", "8 accept4"],
    ]);
  });
});

/** Objections to one call of a service, before or after it is confined, in its first thread. */
function objections(name: string, args: string, when: "before" | "after"): string[] {
  const call = (each: string, text: string): SystemCall => ({
    tid: 1,
    name: each,
    args: text,
    result: "0",
  });
  const made = call(name, args);
  const confined = call("setuid", "102");
  const calls = when === "before" ? [made, confined] : [confined, made];
  return socketObjections([call("execve", '"/flush"'), ...calls]);
}

const unix = (path: string): string =>
  `9<socket:[1]>, {sa_family=AF_UNIX, sun_path="${path}"}, 110`;

describe("sockets", () => {
  const bad: readonly (readonly [string, string, "before" | "after"])[] = [
    ["socket", "AF_INET, SOCK_STREAM, IPPROTO_TCP", "before"],
    ["socket", "AF_NETLINK, SOCK_RAW, NETLINK_ROUTE", "after"],
    ["connect", unix("/run/other"), "before"],
    ["connect", unix("private/smtp"), "after"],
    ["connect", "9<socket:[1]>, {sa_family=AF_INET, sin_port=htons(25)}, 16", "after"],
    ["sendto", '9<socket:[1]>, ""..., 1, 0, {sa_family=AF_UNIX, sun_path="/x"}, 110', "after"],
    ["sendmsg", "9<socket:[1]>, {}, 0", "after"],
    ["bind", unix("public/x"), "before"],
    ["bind", unix("pid/lookup.12"), "after"],
    ["socketpair", "AF_UNIX, SOCK_STREAM, 0, [...]", "after"],
    ["listen", "6<socket:[1]>, 5", "after"],
    ["accept4", "6<socket:[1]>, NULL, NULL, 0", "before"],
    ["execve", '"/bin/sh", [...], 0x1', "after"],
    ["vfork", "", "after"],
    ["clone", "child_stack=NULL, flags=SIGCHLD", "after"],
    ["execveat", '3, "x", [...], 0x1', "before"],
  ];
  test.each(bad)("%s(%s) %s it is confined - objected to", (name, args, when) => {
    expect(objections(name, args, when)).toHaveLength(1);
  });

  const good: readonly (readonly [string, string, "before" | "after"])[] = [
    ["socket", "AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0", "after"],
    ["connect", unix("public/qmgr"), "after"],
    ["connect", unix("/var/spool/postfix/public/postlog"), "before"],
    ["connect", unix("/var/run/nscd/socket"), "before"],
    ["connect", unix("private/proxymap"), "after"],
    ["bind", unix("pid/lookup.12"), "before"],
    ["sendto", '9<socket:[1]>, ""..., 31, MSG_DONTWAIT, NULL, 0', "after"],
    ["accept4", "6<socket:[1]>, NULL, NULL, 0", "after"],
    ["vfork", "", "before"],
    ["clone3", "{flags=CLONE_VM|CLONE_THREAD}, 88", "after"],
  ];
  test.each(good)("%s(%s) %s it is confined - allowed", (name, args, when) => {
    expect(objections(name, args, when)).toEqual([]);
  });
});
