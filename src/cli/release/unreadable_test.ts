/** Files of the deferred queue that can't be read: what preview and send say of them, and with what status. */
import { expect, test } from "bun:test";
import { runInTime as run, stageMail } from "../../../test/support/queue_service.ts";
import { message, waiting } from "../../../test/support/some_mail.ts";
import { MessagesInMemory } from "../../index/messages_in_memory.ts";

const SENT = "relay=mx, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (ok)";
const SOME = "2 files in the deferred queue can't be read as messages.\n";
const NAMED = "    deferred/A/A8: no queue file\n    deferred/A/A9: no queue file\n";
const NOBODY = "For whom they are, nobody can tell.\n";

/** A queue with one message, and files that are none: two, unless others are named. */
function stage(names: readonly string[] = ["A8", "A9"]) {
  const staged = stageMail({ A1: ["u@one.example"] });
  const { rig } = staged;
  const files = names.map((id) => ({ path: `deferred/A/${id}`, why: "no queue file" }));
  const one = message(rig, "A1", 60, 3600, [waiting("u@one.example")]);
  rig.mail = new MessagesInMemory([one], files);
  return staged;
}

for (const isOriginal of [true, false]) {
  for (const command of [["preview"], ["send", "--yes"], ["send", "--yes", "--wait"]]) {
    const service = isOriginal ? "the original" : "ours";
    test(`${command.join(" ")} --all names them, with status 1, with ${service}`, async () => {
      const staged = stage();
      staged.service.isOriginal = isOriginal;
      const { rig } = staged;
      staged.service.fate = () => ({
        lines: [`postfix/smtp[1]: A1: to=<u@one.example>, ${SENT}`],
      });
      expect(await run(rig, ...command, "--all")).toBe(1);
      expect(rig.terminal.errText).toBe(`Not complete: ${SOME}${NAMED}`);
      const { rig: other } = stage();
      expect(await run(other, ...command, "--all", "--json")).toBe(1);
      expect(other.jsonLines().at(-1)).toMatchObject({ item: "end", status: "failed" });
    });
  }
}

for (const command of [["preview"], ["send", "--yes"]]) {
  test(`${command.join(" ")} of a site names them: nobody can tell whether they are for it`, async () => {
    const { rig } = stage();
    expect(await run(rig, ...command, "one.example")).toBe(0);
    expect(rig.terminal.errText).toBe(`${SOME}${NAMED}${NOBODY}`);
  });
}

test("where they are many, the command that names all is one of the same instance", async () => {
  const { rig } = stage(["A3", "A4", "A5", "A6", "A7", "A8", "A9"]);
  expect(await run(rig, "-c", "/etc/postfix-b", "preview", "--all")).toBe(1);
  expect(rig.terminal.errText).toEndWith(
    "and 2 more files: fastflush -c /etc/postfix-b list --json names all\n",
  );
});

test("they are named once where one is asked before, and what can be read is released", async () => {
  const { rig, service } = stage();
  rig.terminal.canAsk = true;
  expect(await run(rig, "send", "--all")).toBe(1);
  expect(rig.terminal.errText).toBe(`Not complete: ${SOME}${NAMED}`);
  expect(service.released).toEqual(["A1"]);
});
