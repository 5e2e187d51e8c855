/** Which logs there are, and how the journal is asked. */
import { describe, expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { MemoryPrograms } from "../memory/programs.ts";
import { openMailLogs } from "./open_mail_logs.ts";

function stage() {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock);
  const programs = new MemoryPrograms();
  const tools = { files: new MemoryFiles(disk), programs, clock };
  const answers: string[] = [];
  const asked: string[] = [];
  const installJournal = (): void =>
    programs.add("journalctl", (args) => {
      asked.push(args.filter((word) => /cursor=|FACILITY|lines/.test(word)).join(" "));
      const out = answers.shift();
      return out === undefined ? { status: 1 } : { out };
    });
  return { clock, disk, tools, answers, asked, installJournal };
}

describe("the logs of a machine", () => {
  test("the one that main.cf names, and no other", async () => {
    const { disk, tools, answers, installJournal } = stage();
    installJournal();
    answers.push("-- cursor: s=1\n");
    disk.makeDirectories("/var/log");
    disk.writeFile("/var/log/mail.log", "");
    const logs = await openMailLogs({ ...tools, maillogFile: "/var/log/postfix.log" });
    expect(logs.map(({ name, isShared }) => [name, isShared])).toEqual([
      ["/var/log/postfix.log", false],
    ]);
  });

  test("else what there is: files of syslog daemons, which may be of several hosts, and the journal", async () => {
    const { disk, tools, answers, installJournal } = stage();
    installJournal();
    answers.push("-- cursor: s=1\n");
    disk.makeDirectories("/var/log");
    disk.writeFile("/var/log/maillog", "");
    const logs = await openMailLogs({ ...tools, maillogFile: "" });
    expect(logs.map(({ name, isShared }) => [name, isShared])).toEqual([
      ["/var/log/maillog", true],
      ["the journal", false],
    ]);
  });

  for (const [what, out] of [
    ["is none", null],
    ["is empty", ""],
    ["can't be read", undefined],
  ] as const) {
    test(`no log, where there is no file and the journal ${what}`, async () => {
      const { tools, answers, installJournal } = stage();
      if (out !== null) {
        installJournal();
      }
      answers.push(...(typeof out === "string" ? [out] : []));
      expect(await openMailLogs({ ...tools, maillogFile: "" })).toEqual([]);
    });
  }

  test("the journal is asked from its cursor on, at most once a second", async () => {
    const { clock, tools, answers, asked, installJournal } = stage();
    installJournal();
    answers.push("x\n-- cursor: s=1;i=1\n");
    const [journal] = await openMailLogs({ ...tools, maillogFile: "" });
    const lines: string[] = [];
    const read = async (): Promise<void> => await journal?.read((line) => lines.push(line));
    await read();
    clock.advance(1000);
    answers.push("one\n    -- cursor: evil\n-- cursor: s=2\n");
    await read();
    await read();
    clock.advance(1000);
    await read();
    clock.advance(1000);
    answers.push("");
    await read();
    clock.advance(1000);
    answers.push("two\n-- cursor: s=3\n");
    await read();
    expect(asked).toEqual([
      "--lines=1",
      "--after-cursor=s=1;i=1 SYSLOG_FACILITY=2",
      "--after-cursor=s=2 SYSLOG_FACILITY=2",
      "--after-cursor=s=2 SYSLOG_FACILITY=2",
      "--after-cursor=s=2 SYSLOG_FACILITY=2",
    ]);
    expect(lines.filter((line) => /^(one|two)$/.test(line))).toEqual(["one", "two"]);
    journal?.close();
  });
});
