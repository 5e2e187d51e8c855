/** What is said while deferred mail is read, and where it can't be. */
import { describe, expect, test } from "bun:test";
import { CommandRig } from "../../test/support/command_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { EXIT } from "./exit_status.ts";
import { SHOWN_AFTER_MS } from "./progress.ts";

describe("while it is read", () => {
  const commands = [["list"], ["histogram"], ["show", "a.example"], ["preview", "--all"]];

  for (const words of commands) {
    test(`${words.join(" ")} says at a terminal how far it is, and leaves nothing of that`, async () => {
      const rig = new CommandRig();
      rig.terminal.canOverwrite = true;
      rig.clock.costMs = SHOWN_AFTER_MS;
      rig.readings.push([1500, null], [500_000, 1_000_000]);
      expect(await rig.run(...words)).toBe(EXIT.done);
      expect(rig.terminal.errText).toBe(
        "\r\x1b[KReading deferred mail: 1,500 messages\r" +
          "\r\x1b[KReading deferred mail [===============---------------]  50% 500,000 of 1,000,000 messages\r" +
          "\r\x1b[K",
      );
    });
  }

  test("nothing is said in a pipe", async () => {
    const rig = new CommandRig();
    rig.clock.costMs = SHOWN_AFTER_MS;
    rig.readings.push([1500, null]);
    expect(await rig.run("list")).toBe(EXIT.done);
    expect(rig.terminal.errText).toBe("");
  });

  test("what is said of a failure stands in a line of its own", async () => {
    const rig = new CommandRig();
    rig.terminal.canOverwrite = true;
    rig.clock.costMs = SHOWN_AFTER_MS;
    rig.readings.push([1500, null]);
    rig.mail = new OsError("EIO", "opendir");
    expect(await rig.run("list")).toBe(EXIT.unavailable);
    expect(rig.terminal.errText).toStartWith(
      "\r\x1b[KReading deferred mail: 1,500 messages\r\r\x1b[KThe deferred queue in /queue can't be read (",
    );
  });
});

const NOT_YOURS = "only root and the mail owner (postfix) may read the deferred queue in /queue.";

for (const [code, mayAsk, status, said] of [
  ["EACCES", false, EXIT.notPermitted, NOT_YOURS],
  ["EPERM", false, EXIT.notPermitted, NOT_YOURS],
  ["EACCES", true, EXIT.notPermitted, "by this user, who should (opendir: Permission denied)."],
  [
    "EPERM",
    true,
    EXIT.notPermitted,
    "by this user, who should (opendir: Operation not permitted).",
  ],
  ["ENOENT", true, EXIT.unavailable, "can't be read (No such file or directory). Is this Postfix"],
  ["ENOTDIR", true, EXIT.unavailable, "can't be read (Not a directory). Is this Postfix"],
] as const) {
  test(`a queue that can't be read: ${code}, by ${mayAsk ? "whom it is for" : "others"}`, async () => {
    const rig = new CommandRig();
    if (!mayAsk) {
      rig.forbidAsking();
    }
    rig.mail = new OsError(code, "opendir");
    expect(await rig.run("list")).toBe(status);
    expect(rig.terminal.errText).toContain(said);
    expect(rig.terminal.outText).toBe("");
  });
}
