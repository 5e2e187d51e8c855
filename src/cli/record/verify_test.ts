/** What verify advises, over a service in memory. */
import { expect, test } from "bun:test";
import { CommandRig, end } from "../../../test/support/command_rig.ts";

test("verify names the instance in what mends it", async () => {
  const rig = new CommandRig();
  rig.instance = { ...rig.instance, configDirectory: "/etc/postfix-out" };
  rig.replies.push(end(0, ["messages", 1], ["entries", 2], ["outdated", 2]));
  expect(await rig.run("verify")).toBe(1);
  expect(rig.terminal.outText).toEndWith(
    '  2 outdated entries: "fastflush -c /etc/postfix-out compact" cleans the record.\n',
  );
});

test("verify advises nothing where it could not read everything", async () => {
  const rig = new CommandRig();
  rig.replies.push(end(-1, ["messages", 0], ["entries", 2], ["outdated", 2]));
  expect(await rig.run("verify")).toBe(1);
  expect(rig.terminal.outText).toEndWith(": 2 differences.\n  2 outdated entries.\n");
  expect(rig.terminal.errText).toStartWith("Not complete: ");
});
