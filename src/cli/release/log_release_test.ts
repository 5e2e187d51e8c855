/** The log line of a release by queue IDs, where there is no mail log for it. */
import { expect, test } from "bun:test";
import { CommandRig } from "../../../test/support/command_rig.ts";
import { MemoryFiles } from "../../memory/files.ts";
import type { CommandTools } from "../command_tools.ts";
import { logRelease } from "./log_release.ts";

for (const [what, maillogFile, reason, said] of [
  ["a file", "/log/mail.log", "it is back", ""],
  [
    "no log, a reason",
    "",
    "it is back",
    "The reason is not in the mail log: there is none, as maillog_file is not set and nothing listens at /dev/log.\n",
  ],
  [
    "no log, no reason",
    "",
    "",
    "Who released this is not in the mail log: there is none, as maillog_file is not set and nothing listens at /dev/log.\n",
  ],
] as const) {
  test(what, async () => {
    const { instance, terminal, disk, programs } = new CommandRig();
    programs.add("postlog", () => ({}));
    const logging = { ...instance.logging, maillogFile };
    const tools = {
      instance: { ...instance, logging },
      machine: { files: new MemoryFiles(disk) },
      programs,
      terminal,
    } as unknown as CommandTools;
    const isLogged = await logRelease(tools, { selected: "a.example", reason, totals: new Map() });
    expect([isLogged, terminal.errText]).toEqual([said === "", said]);
    expect(programs.lines).toHaveLength(said === "" ? 1 : 0);
  });
}

test("what was selected, which a stranger may have named, is no more than a part of the line", async () => {
  const { instance, terminal, disk, programs } = new CommandRig();
  programs.add("postlog", () => ({}));
  const machine = { files: new MemoryFiles(disk) };
  const tools = { instance, machine, programs, terminal } as unknown as CommandTools;
  const selected = `site a\x1b[2J\nb\xff.example${"x".repeat(1000)}`;
  await logRelease(tools, { selected, reason: "", totals: new Map([["released", 2]]) });
  expect(programs.lines).toEqual([
    "postlog -c /etc/postfix -p info -t postfix/fastflush flush: by queue ID, " +
      `selected=site a?[2J?b?.example${"x".repeat(179)}, uid=0, released=2, kept=0, gone=0, failed=0`,
  ]);
});
