/** What is asked of postconf(1), and what is made of its answers. */
import { describe, expect, test } from "bun:test";
import type { ProgramOutcome } from "../effects/programs.ts";
import { MemoryPrograms } from "../memory/programs.ts";
import { Postconf } from "./postconf.ts";

/** A postconf that answers so, and what it was asked. */
function answering(outcome: Partial<ProgramOutcome>) {
  const programs = new MemoryPrograms();
  programs.add("postconf", () => outcome);
  return { programs, postconf: new Postconf(programs, "/conf") };
}

describe("reading", () => {
  test("values by name, in whatever order they come", async () => {
    const { programs, postconf } = answering({
      out: "relay_domains =\nmail_version = 3.7.11\nother = a = b\n",
    });
    expect(await postconf.values("mail_version", "relay_domains", "other")).toEqual({
      mail_version: "3.7.11",
      relay_domains: "",
      other: "a = b",
    });
    expect(programs.lines).toEqual(["postconf -c /conf -x mail_version relay_domains other"]);
  });

  test("nothing is guessed of a parameter that this Postfix doesn't know", () => {
    const { postconf } = answering({ err: "postconf: warning: nope: unknown parameter\n" });
    expect(postconf.values("nope")).rejects.toThrow("this Postfix knows no parameter nope");
  });

  test("entries, two of the same name apart", async () => {
    const column = (name: string, value: string): string => `flush/unix/${name} = ${value}\n`;
    const entry = (command: string): string =>
      column("service", "flush") +
      column("type", "unix") +
      column("private", "n") +
      column("unprivileged", "-") +
      column("chroot", "y") +
      column("wakeup", "1000?") +
      column("process_limit", "0") +
      column("command", command);
    const other = "127.0.0.1:25/inet/service = 127.0.0.1:25\n127.0.0.1:25/inet/type = inet\n";
    const { postconf } = answering({ out: entry("flush -o a=b/c = d") + other + entry("flush") });
    const [first, ...rest] = await postconf.entries();
    expect(first).toEqual({
      service: "flush",
      type: "unix",
      private: "n",
      unprivileged: "-",
      chroot: "y",
      wakeup: "1000?",
      process_limit: "0",
      command: "flush -o a=b/c = d",
    });
    expect(rest.map(({ command }) => command)).toEqual(["", "flush"]);
    expect((await postconf.entries()).map(({ service }) => service)).toEqual([
      "flush",
      "127.0.0.1:25",
      "flush",
    ]);
  });

  test("what an entry sets", async () => {
    const { postconf } = answering({
      out: "a/b/unix/max_use = 1\nflush/unix/max_use = 5\nflush/unix/x =\nflush/inet/y = 1\nflush/unix/z = a/b/c = d\n",
    });
    expect([...(await postconf.overrides("flush", "unix"))]).toEqual([
      ["max_use", "5"],
      ["x", ""],
      ["z", "a/b/c = d"],
    ]);
    expect([...(await postconf.overrides("a/b", "unix"))]).toEqual([["max_use", "1"]]);
    const everywhere = [...(await postconf.overridesEverywhere())];
    expect(everywhere.map(([entry, own]) => [entry, Object.fromEntries(own)])).toEqual([
      ["a/b/unix", { max_use: "1" }],
      ["flush/unix", { max_use: "5", x: "", z: "a/b/c = d" }],
      ["flush/inet", { y: "1" }],
    ]);
  });
});

describe("changing", () => {
  const entry = { service: "flush", type: "unix" };
  const rows: ReadonlyArray<readonly [words: string, change: (to: Postconf) => Promise<void>]> = [
    ["-e a=b c", (to) => to.set("a", "b c")],
    ["-X a", (to) => to.unset("a")],
    ["-F flush/unix/command=x -E", (to) => to.setColumn(entry, "command", "x -E")],
    ["-P flush/unix/max_use=7", (to) => to.setOverride(entry, "max_use", "7")],
    ["-PX flush/unix/max_use", (to) => to.unsetOverride(entry, "max_use")],
  ];
  for (const [words, change] of rows) {
    test(words, async () => {
      const { programs, postconf } = answering({ err: "postconf: warning: unused parameter: x\n" });
      await change(postconf);
      expect(programs.lines).toEqual([`postconf -c /conf ${words}`]);
    });

    test(`${words}: no such entry`, () => {
      const { postconf } = answering({
        err: 'postconf: warning: unmatched service_name/type: "x"\n',
      });
      expect(change(postconf)).rejects.toThrow("master.cf has no entry for");
    });
  }
});

describe("what goes wrong", () => {
  const rows: ReadonlyArray<readonly [outcome: Partial<ProgramOutcome>, words: string]> = [
    [
      { status: 1, err: "postconf: warning: a\npostconf: fatal: file master.cf: line 3: bad\n" },
      "file master.cf: line 3: bad",
    ],
    [{ status: 1, err: "/usr/sbin/postconf: fatal: open: no\n" }, "open: no"],
    [{ status: 1, err: "killed\n" }, "killed"],
    [{ status: 3 }, '"postconf -F": exit status 3'],
    [{ status: null }, '"postconf -F": was ended, or took too long'],
  ];
  for (const [outcome, words] of rows) {
    test(words, () => {
      expect(answering(outcome).postconf.entries()).rejects.toThrow(words);
    });
  }

  test("a PATH without sbin is no hindrance, no postconf at all is", async () => {
    const programs = new MemoryPrograms();
    const postconf = new Postconf(programs, "/conf");
    await expect(postconf.entries()).rejects.toThrow("postconf is not found: is Postfix installed");
    programs.add("/usr/sbin/postconf", () => ({ out: "a = b\n" }));
    expect(await postconf.values("a")).toEqual({ a: "b" });
  });
});
