/** hold, release and delete over a queue and a postsuper(1) in memory: whom they ask, what they do, what they say. */
import { describe, expect, test } from "bun:test";
import { HoldRig, STATE } from "../../../test/support/hold_rig.ts";
import { OsError } from "../../effects/os_error.ts";
import { MessagesInMemory } from "../../index/messages_in_memory.ts";

/** Two messages of a site, one of them for another one too, and one for that alone. */
function stage(): HoldRig {
  const rig = new HoldRig();
  rig.defer("A1", "u@a.example");
  rig.defer("A2", "u@a.example", "v@b.example");
  rig.defer("B1", "u@b.example");
  return rig;
}

const CHANGES = ["hold", "release", "delete"] as const;

describe("nothing is done", () => {
  for (const change of CHANGES) {
    test(`${change}: without a terminal to ask at, and without --yes`, async () => {
      const rig = stage();
      expect(await rig.fastflush(change, "a.example")).toBe(64);
      expect(rig.terminal.errText).toContain("there is no terminal to ask at. Give --yes to");
      expect(rig.programs.lines).toEqual([]);
    });

    test(`${change}: by another user than root`, async () => {
      const rig = stage();
      rig.host.uid = 102;
      expect(await rig.fastflush(change, "a.example", "--yes")).toBe(77);
      expect(rig.terminal.errText).toStartWith("Not permitted: only root may hold, release or");
      expect(rig.programs.lines).toEqual([]);
    });

    test(`${change}: with --dry-run, by any user`, async () => {
      const rig = stage();
      rig.write("hold", "H1", ["u@a.example", "u@c.example"], 1);
      rig.host.uid = 102;
      expect(await rig.fastflush(change, "a.example", "--dry-run")).toBe(0);
      expect(rig.terminal.outText).toContain(`${change.toUpperCase()} WOULD`);
      expect(rig.terminal.outText).toContain("1 other destination of these messages");
      expect(rig.programs.lines).toEqual([]);
    });

    test(`${change}: where there is no such mail`, async () => {
      const rig = stage();
      expect(await rig.fastflush(change, "c.example", "--yes")).toBe(0);
      expect(rig.terminal.outText).toMatch(/^Nothing was .*: no .*mail.* was found for this\.\n$/);
    });
  }

  for (const answer of ["n", "", "delete"]) {
    test(`hold: answered with "${answer}"`, async () => {
      const rig = stage();
      rig.terminal.canAsk = true;
      rig.terminal.answers.push(answer);
      expect(await rig.fastflush("hold", "a.example")).toBe(1);
      expect(rig.terminal.errText).toEndWith(
        "Put 2 messages on hold until released? [y/N] Nothing was put on hold.\n",
      );
      expect(rig.idsIn("hold")).toEqual([]);
    });
  }

  for (const answer of ["y", "yes", "delete", "delete 3", ""]) {
    test(`delete: answered with "${answer}"`, async () => {
      const rig = stage();
      rig.terminal.canAsk = true;
      rig.terminal.answers.push(answer);
      expect(await rig.fastflush("delete", "a.example")).toBe(1);
      expect(rig.terminal.errText).toBe(
        "2 deferred messages (2.0 KiB) of 1 sender, to 3 recipients; the oldest arrived 10 min ago.\n" +
          "This also deletes mail to 1 other destination of these messages: b.example.\n" +
          'Delete 2 messages of 1 sender for good? They can\'t be brought back. Type "delete 2": ' +
          "Nothing was deleted.\n",
      );
      expect(rig.idsIn("deferred")).toEqual(["A1", "A2", "B1"]);
    });
  }
});

test("hold, release, delete: one after the other, each with a line in the mail log", async () => {
  const rig = stage();
  rig.terminal.canAsk = true;
  rig.terminal.answers.push("y", "y", "delete 2");
  expect(await rig.fastflush("hold", "a.example", "--reason", "out of order")).toBe(0);
  expect(rig.idsIn("hold")).toEqual(["A1", "A2"]);
  expect(await rig.fastflush("release", "b.example")).toBe(0);
  expect([rig.idsIn("hold"), rig.idsIn("deferred")]).toEqual([["A1"], ["A2", "B1"]]);
  expect(await rig.fastflush("delete", "b.example")).toBe(0);
  expect(rig.idsIn("deferred")).toEqual([]);
  expect(rig.terminal.outText).toBe(
    "2 messages put on hold until released.\n" +
      "1 message released from hold, and deferred again: tried when due, or now by fastflush send.\n" +
      "2 messages deleted.\n",
  );
  expect(rig.programs.lines).toEqual([
    "postsuper -c /etc/postfix -h - deferred",
    "postlog -c /etc/postfix -p info -t postfix/fastflush hold: selected=a.example, uid=0, held=2, failed=0, reason=out of order",
    "postsuper -c /etc/postfix -H - hold",
    "postlog -c /etc/postfix -p info -t postfix/fastflush release: selected=b.example, uid=0, released=1, failed=0",
    "postsuper -c /etc/postfix -d - deferred",
    "postlog -c /etc/postfix -p info -t postfix/fastflush delete: selected=b.example, uid=0, deleted=2, failed=0",
  ]);
});

test("release names the instance in what tries it now", async () => {
  const rig = stage();
  rig.instance = { ...rig.instance, configDirectory: "/etc/postfix-out" };
  rig.write("hold", "C1", ["u@c.example"], 1);
  expect(await rig.fastflush("release", "--id", "C1", "--yes")).toBe(0);
  expect(rig.terminal.outText).toEndWith("or now by fastflush -c /etc/postfix-out send.\n");
});

test("--only-whole leaves messages alone that are for others too", async () => {
  const rig = stage();
  expect(await rig.fastflush("hold", "a.example", "--only-whole", "--yes")).toBe(0);
  expect(rig.idsIn("hold")).toEqual(["A1"]);
  expect(rig.terminal.outText).toBe(
    "1 message put on hold until released.\n1 message left alone: for other destinations too.\n",
  );
});

test("just those that were counted are done, whatever comes meanwhile", async () => {
  const rig = stage();
  rig.terminal.canAsk = true;
  rig.terminal.answers.push("y");
  const { readLine } = rig.terminal;
  rig.terminal.readLine = () => {
    rig.defer("A3", "u@a.example");
    return readLine.call(rig.terminal);
  };
  expect(await rig.fastflush("hold", "a.example")).toBe(0);
  expect(rig.idsIn("hold")).toEqual(["A1", "A2"]);
});

describe("messages that are named by their queue IDs", () => {
  test("delete takes them from deferred and from hold, and leaves what is being delivered", async () => {
    const rig = stage();
    rig.write("hold", "C1", ["u@c.example"], 1);
    rig.write("active", "D1", ["u@d.example"], 1);
    const ids = ["--id", "A1,C1,D1,E1"];
    expect(await rig.fastflush("delete", ...ids, "--yes")).toBe(1);
    expect([rig.idsIn("deferred"), rig.idsIn("hold")]).toEqual([["A2", "B1"], []]);
    expect(rig.terminal.outText).toBe(
      "2 messages deleted.\n" +
        "1 message left alone: being delivered, or in another queue by now.\n" +
        "1 message not found: in none of the queues. Queue IDs: E1\n",
    );
  });

  for (const [change, undone] of [
    ["hold", "Nothing was put on hold."],
    ["release", "Nothing was released from hold."],
    ["delete", "Nothing was deleted."],
  ] as const) {
    test(`${change} of what is nowhere is no success`, async () => {
      const rig = stage();
      expect(await rig.fastflush(change, "--id", "E1", "--yes")).toBe(1);
      expect(rig.terminal.outText).toBe(
        `${undone}\n1 message not found: in none of the queues. Queue IDs: E1\n`,
      );
      expect(await rig.fastflush(change, "--id", "E1", "--dry-run")).toBe(1);
    });
  }

  test("with --held, from hold alone", async () => {
    const rig = stage();
    rig.write("hold", "C1", ["u@c.example"], 1);
    expect(await rig.fastflush("delete", "--held", "--id", "A1,C1", "--yes")).toBe(0);
    expect([rig.idsIn("deferred"), rig.idsIn("hold")]).toEqual([["A1", "A2", "B1"], []]);
  });
});

test("hold and delete of all name what of the deferred queue can't be read, with status 1", async () => {
  for (const [change, site, status] of [
    ["hold", "--all", 1],
    ["delete", "--all", 1],
    ["delete", "c.example", 0],
  ] as const) {
    for (const how of ["--dry-run", "--yes"]) {
      const rig = stage();
      rig.mail = new MessagesInMemory([], [{ path: "deferred/A/A9", why: "no queue file" }]);
      expect(await rig.run(change, site, how, "--state-dir", STATE)).toBe(status);
      expect(rig.terminal.errText).toContain("deferred/A/A9: no queue file\n");
    }
  }
});

test("delete --held takes mail on hold, of the sites that are named", async () => {
  const rig = stage();
  rig.write("hold", "H1", ["u@a.example"], 1);
  rig.write("hold", "H2", ["u@c.example"], 1);
  expect(await rig.fastflush("delete", "--held", "a.example", "--yes")).toBe(0);
  expect([rig.idsIn("deferred"), rig.idsIn("hold")]).toEqual([["A1", "A2", "B1"], ["H2"]]);
});

test("what postsuper fails to do is told, and the status is 1", async () => {
  const rig = stage();
  rig.stuck.add("A1");
  rig.complaint = "postsuper: warning: rename \x1b: Read-only file system\n";
  expect(await rig.fastflush("hold", "a.example", "--yes")).toBe(1);
  expect(rig.terminal.outText).toBe(
    "1 message put on hold until released.\n1 message not put on hold, though postsuper was asked to.\n",
  );
  expect(rig.terminal.errText).toBe(
    "postsuper(1) says:\n    warning: rename ?: Read-only file system\n",
  );
});

test("Ctrl-C ends it between two batches", async () => {
  const rig = stage();
  rig.defer("A3", "u@a.example");
  rig.write("hold", "H1", ["u@a.example"], 1);
  rig.onDone = () => rig.interrupts.interrupt();
  // Two queues are two batches.
  expect(await rig.fastflush("delete", "--id", "A1,H1", "--yes")).toBe(1);
  expect(rig.terminal.outText).toBe("1 message deleted.\n");
  expect(rig.terminal.errText).toBe("You ended it: 1 message stayed as they were.\n");
});

describe("--json", () => {
  test("a dry run has the messages, and what would be done", async () => {
    const rig = stage();
    expect(await rig.fastflush("delete", "a.example", "--only-whole", "-n", "--json")).toBe(0);
    const lines = rig.jsonLines();
    expect(
      lines.map(({ item, queue_id, others, outcome }) => [item, queue_id, others, outcome]),
    ).toEqual([
      ["message", "A1", [], "delete"],
      ["message", "A2", ["b.example"], "partly"],
      ["end", undefined, undefined, undefined],
    ]);
    expect(lines[2]).toMatchObject({
      status: "done",
      messages: 1,
      senders: 1,
      deleted: 0,
      partly: 1,
    });
  });

  test("otherwise what came of each", async () => {
    const rig = stage();
    rig.stuck.add("A2");
    expect(await rig.fastflush("hold", "a.example", "--for", "1h", "--yes", "--json")).toBe(1);
    const until = rig.jsonLines()[2].until;
    expect(rig.jsonLines()).toEqual([
      { item: "outcome", queue_id: "A1", outcome: "held" },
      { item: "outcome", queue_id: "A2", outcome: "failed" },
      {
        ...{ item: "end", status: "failed", messages: 2, senders: 1, held: 1, extended: 0, until },
        ...{ moved: 0, replaced: 0, gone: 0, failed: 1, partly: 0, in_delivery: 0 },
      },
    ]);
  });
});

describe("hold --for", () => {
  test("says until when, and starts who ends it", async () => {
    const rig = stage();
    expect(await rig.fastflush("hold", "a.example", "--for", "2h", "--yes")).toBe(0);
    expect(rig.terminal.outText).toBe("2 messages put on hold until Nov 26 09:05:07 (in 2 h).\n");
    expect(rig.background.started).toEqual([
      {
        line: `/usr/sbin/fastflush -c /etc/postfix hold --expire --wait --state-dir ${STATE}`,
        logPath: `${STATE}/keeper.log`,
      },
    ]);
    expect(Object.keys(rig.kept())).toEqual(["A1", "A2"]);
  });

  test("starts nobody where the timer does it", async () => {
    const rig = stage();
    rig.programs.add("systemctl", () => ({ status: 0 }));
    expect(await rig.fastflush("hold", "a.example", "--for", "2h", "--yes")).toBe(0);
    expect(rig.programs.lines[0]).toBe("systemctl is-active --quiet fastflush-hold.timer");
    expect(rig.background.started).toEqual([]);
  });

  test("starts nobody where somebody keeps watch already", async () => {
    const rig = stage();
    await rig.folder.asKeeper(() => rig.fastflush("hold", "a.example", "--for", "2h", "--yes"));
    expect(rig.background.started).toEqual([]);
  });

  test("puts the end off for mail of these sites that is on hold for a time already", async () => {
    const rig = stage();
    await rig.fastflush("hold", "a.example", "b.example", "--for", "1h", "--yes");
    rig.terminal.outText = "";
    rig.terminal.canAsk = true;
    rig.terminal.answers.push("y", "y");
    expect(await rig.fastflush("hold", "a.example", "--for", "3h", "--only-whole")).toBe(0);
    expect(rig.terminal.errText).toEndWith(
      "Keep 1 message on hold until Nov 26 09:05:07 (in 3 h)? [y/N] ",
    );
    expect(rig.terminal.outText).toBe(
      "1 message on hold for a time: now until Nov 26 09:05:07 (in 3 h).\n",
    );
    expect(await rig.fastflush("hold", "--id", "B1")).toBe(0);
    expect(rig.terminal.outText).toEndWith("1 message on hold for a time: now until released.\n");
    const hours = Object.entries(rig.kept()).map(([id, end]) => [id, Math.round(end / 3600)]);
    expect(Object.fromEntries(hours)).toEqual({ A1: 3, A2: 1 });
  });

  test("release and delete end it", async () => {
    const rig = stage();
    await rig.fastflush("hold", "--all", "--for", "1h", "--yes");
    await rig.fastflush("release", "--id", "A1", "--yes");
    await rig.fastflush("delete", "--id", "A2", "--yes");
    expect(Object.keys(rig.kept())).toEqual(["B1"]);
  });

  test("tells what it has done where that can't be kept any more", async () => {
    const rig = stage();
    const error = new OsError("ENOSPC", "write");
    rig.onDone = () => {
      rig.machineFiles.fault = ({ operation }) => (operation === "write" ? { error } : null);
    };
    expect(await rig.fastflush("hold", "--id", "A1", "--for", "1h", "--yes")).toBe(0);
    expect(rig.terminal.outText).toStartWith("1 message put on hold until ");
    expect(rig.terminal.errText).toBe(
      "What is on hold for a time can't be read or kept: /state: No space left on device.\n",
    );
    rig.machineFiles.fault = null;
    rig.clock.advance(3_600_000);
    await rig.fastflush("hold", "--expire");
    expect([rig.idsIn("hold"), rig.kept()]).toEqual([[], {}]);
  });

  for (const [change, done] of [
    ["release", "1 message released from hold"],
    ["delete", "1 message deleted."],
  ] as const) {
    test(`${change} tells what it has done where the end can't be forgotten`, async () => {
      const rig = stage();
      await rig.fastflush("hold", "--id", "A1", "--for", "1h", "--yes");
      rig.terminal.outText = "";
      rig.machineDisk.writeFile(`${STATE}/%2fqueue.holds`, "{");
      const held = change === "delete" ? ["--held"] : [];
      expect(await rig.fastflush(change, ...held, "--id", "A1", "--yes")).toBe(0);
      expect(rig.terminal.outText).toStartWith(done);
      expect(rig.terminal.errText).toContain(
        "/state/%2fqueue.holds is not understood. Move it away",
      );
      expect(rig.programs.lines.at(-1)).toContain(`${change}: `);
    });
  }

  test("holds nothing where it can't be kept", async () => {
    const rig = stage();
    rig.machineDisk.root.entries.delete(STATE.slice(1));
    rig.machineDisk.addLink(STATE, "/elsewhere");
    expect(await rig.fastflush("hold", "a.example", "--for", "1h", "--yes")).toBe(1);
    expect(rig.terminal.errText).toBe(
      "What is on hold for a time can't be read or kept: /state is no directory, but a link.\n",
    );
    expect(rig.idsIn("hold")).toEqual([]);
  });
});

describe("wrong usage", () => {
  test("a --state-dir that is empty", async () => {
    const rig = stage();
    const words = ["hold", "a.example", "--for", "1h", "--yes", "--state-dir", ""];
    expect(await rig.run(...words)).toBe(64);
    expect(rig.terminal.errText).toBe("--state-dir names no directory. Nothing was done.\n");
    expect(rig.idsIn("hold")).toEqual([]);
  });

  for (const [words, said] of [
    [["hold", "--list", "a.example"], "--list goes with --json, and nothing else."],
    [["hold", "--list", "--expire"], "--list goes with --json, and nothing else."],
    [["hold", "--expire", "--yes"], "--expire goes with --json, and --wait or --dry-run."],
    [["hold", "--expire", "--wait", "-n"], "--expire goes with --json, and --wait or --dry-run."],
    [["hold", "--list", "-n"], "--list goes with --json, and nothing else."],
    [["hold", "--wait", "a.example"], "--wait goes with --expire."],
    [["hold", "a.example", "--for", "2"], '"2" is no time.'],
    [["release"], "No mail is selected."],
    [
      ["delete", "--reason", "x".repeat(1001), "--all"],
      "at most 1,000 are possible. Nothing was deleted.",
    ],
  ] as const) {
    test(words.join(" ").slice(0, 60), async () => {
      const rig = stage();
      expect(await rig.fastflush(...words)).toBe(64);
      expect(rig.terminal.errText).toContain(said);
    });
  }
});
