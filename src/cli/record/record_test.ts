/** verify, compact and rebuild over a service in memory: what they ask, how far they say they are, and what came of it. */
import { expect, test } from "bun:test";
import { CommandRig, end, item } from "../../../test/support/command_rig.ts";
import { SHOWN_AFTER_MS } from "../progress.ts";

test("verify counts the deferred messages once, however many requests there are", async () => {
  const rig = new CommandRig();
  const totals = end(0, ["messages", 7], ["logs", 1], ["entries", 2], ["missing", 0]);
  rig.replies.push(totals, totals);
  const names = Array.from({ length: 1001 }, (_, index) => `s${index}`);
  expect(await rig.run("verify", ...names)).toBe(0);
  expect(rig.terminal.outText).toBe(
    "Compared 7 deferred messages with 4 entries of the record: they agree.\n",
  );
});

for (const command of ["verify", "compact"]) {
  test(`${command} of a site that no log is kept for: status 1`, async () => {
    const rig = new CommandRig();
    const refused = item("refused", ["site", "b.example"], ["status", 4]);
    rig.replies.push(refused + end(0, ["messages", 1], ["logs", 1], ["entries", 1]));
    expect(await rig.run(command, "a.example", "b.example")).toBe(1);
    expect(rig.terminal.errText).toBe(
      "b.example: no deferred mail is recorded for this site: not in fast_flush_domains.\n",
    );
  });
}

test("verify tells each difference, and what mends it", async () => {
  const rig = new CommandRig();
  rig.replies.push(
    item("difference", ["logfile", "a_example"], ["queue_id", "A1"], ["kind", "missing"]) +
      end(0, ["messages", 1], ["entries", 0], ["missing", 1], ["outdated", 0], ["duplicate", 0]),
  );
  expect(await rig.run("verify")).toBe(1);
  expect(rig.terminal.outText).toBe(
    [
      "QUEUE ID  LOG        DIFFERENCE",
      "A1        a_example  is deferred, and not recorded",
      "Compared 1 deferred message with 0 entries of the record: 1 difference.",
      '  1 missing entry: "fastflush rebuild" adds what is missing.',
      "",
    ].join("\n"),
  );
});

test("a verification shows how far it is", async () => {
  const rig = new CommandRig();
  rig.terminal.canOverwrite = true;
  rig.replies.push(
    item("progress", ["done", 1500]) +
      item("progress", ["done", 2000], ["logs", 3]) +
      end(0, ["messages", 2000], ["logs", 4], ["entries", 2000]),
  );
  rig.clock.costMs = SHOWN_AFTER_MS;
  expect(await rig.run("verify")).toBe(0);
  expect(rig.terminal.errText).toBe(
    "\r\x1b[K1,500 messages read\r\r\x1b[K3 logs compared\r\r\x1b[K",
  );
  expect(rig.terminal.outText).toBe(
    "Compared 2,000 deferred messages with 2,000 entries of the record: they agree.\n",
  );
});

test("a compaction shows how far it is", async () => {
  const rig = new CommandRig();
  rig.terminal.canOverwrite = true;
  rig.replies.push(
    item("progress", ["done", 1500], ["removed", 2], ["logs", 1]) +
      end(0, ["logs", 1], ["removed", 2], ["gone", 2], ["kept", 5]),
  );
  rig.clock.costMs = SHOWN_AFTER_MS;
  expect(await rig.run("compact")).toBe(0);
  expect(rig.terminal.errText).toBe("\r\x1b[K1,500 logs looked at\r\r\x1b[K");
  expect(rig.terminal.outText).toBe(
    "Took out of the record, from 1 log: 2 entries of messages that are no longer in the queue. " +
      "5 entries stay recorded. No message was touched.\n",
  );
});

for (const canOverwrite of [true, false]) {
  test(`a rebuild ${canOverwrite ? "shows" : "does not show"} how far it is`, async () => {
    const rig = new CommandRig();
    rig.terminal.canOverwrite = canOverwrite;
    rig.replies.push(
      item("progress", ["done", 1500], ["added", 2]) +
        item("progress", ["done", 3], ["removed", 0], ["logs", 0]) +
        end(0, ["messages", 2000], ["unreadable", 1], ["added", 2], ["removed", 0], ["kept", 5]),
    );
    rig.clock.costMs = SHOWN_AFTER_MS;
    expect(await rig.run("rebuild")).toBe(0);
    expect(rig.terminal.errText).toBe(
      canOverwrite ? "\r\x1b[K1,500 messages read\r\r\x1b[K3 logs looked at\r\r\x1b[K" : "",
    );
    expect(rig.terminal.outText).toBe(
      "Read 1,999 deferred messages; 1 more could not be read. 2 missing entries added to the record.\n" +
        "Nothing to take out of the record. 5 entries stay recorded. No message was touched.\n",
    );
  });
}
