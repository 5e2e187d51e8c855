/** How postsuper is asked, and what is made of what it says. */
import { expect, test } from "bun:test";
import { queueId } from "../../test/support/hold_rig.ts";
import { MemoryPrograms } from "../memory/programs.ts";
import { runPostsuper } from "./postsuper.ts";

test("gets the queue IDs on its standard input, and one queue to look in", async () => {
  const programs = new MemoryPrograms();
  let read = "";
  programs.add("postsuper", (_, { input = "" }) => {
    read = input;
    return { err: "postsuper: Deleted: 0 messages\n" };
  });
  const tools = { programs, configDirectory: "/etc/postfix-out" };
  await runPostsuper(tools, "delete", "hold", [queueId("A1"), queueId("4QABCD1")]);
  expect(programs.lines).toEqual(["postsuper -c /etc/postfix-out -d - hold"]);
  expect(read).toBe("A1\n4QABCD1\n");
});

for (const [what, change, outcome, done, trouble] of [
  [
    "all done",
    "hold",
    {
      err: "postsuper: A1: placed on hold\npostsuper: B2: placed on hold\npostsuper: Placed on hold: 2 messages\n",
    },
    ["A1", "B2"],
    [],
  ],
  [
    "one, under the name of an instance",
    "release",
    {
      err: "out/postsuper: A1: released from hold\nout/postsuper: Released from hold: 1 message\n",
    },
    ["A1"],
    [],
  ],
  ["none", "delete", { err: "postsuper: Deleted: 0 messages\n" }, [], []],
  [
    "another change is not what was asked for",
    "delete",
    { err: "postsuper: A1: placed on hold\npostsuper: Deleted: 0 messages\n" },
    [],
    ["A1: placed on hold"],
  ],
  [
    "a warning is told",
    "delete",
    { err: "postsuper: warning: remove A1: Permission denied\npostsuper: Deleted: 0 messages\n" },
    [],
    ["warning: remove A1: Permission denied"],
  ],
  [
    "not root",
    "hold",
    { status: 1, err: "postsuper: fatal: use of this command is reserved for the superuser\n" },
    [],
    ["fatal: use of this command is reserved for the superuser", "postsuper ended with status 1"],
  ],
  [
    "killed midway",
    "hold",
    { status: null, isLate: true, err: "postsuper: A1: placed on hold\n" },
    ["A1"],
    ["postsuper took too long and was ended"],
  ],
  [
    "counts and names differ",
    "hold",
    { err: "postsuper: A1: placed on hold\npostsuper: Placed on hold: 2 messages\n" },
    ["A1"],
    ["postsuper counts 2, and names 1"],
  ],
] as const) {
  test(`${what}`, async () => {
    const programs = new MemoryPrograms();
    programs.add("postsuper", () => outcome);
    const tools = { programs, configDirectory: "/etc/postfix" };
    const run = await runPostsuper(tools, change, "deferred", [queueId("A1"), queueId("B2")]);
    expect([[...run.done] as string[], run.trouble]).toEqual([[...done], [...trouble]]);
  });
}
