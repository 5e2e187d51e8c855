/** send and preview on what is deferred, with the original flush service and with ours, in memory; and what comes of it. */
import { describe, expect, test } from "bun:test";
import { CommandRig } from "../../../test/support/command_rig.ts";
import { type Mail, QueueService } from "../../../test/support/queue_service.ts";
import { OsError } from "../../effects/os_error.ts";

const MAIL: Mail = {
  A1: ["u@one.example"],
  A2: ["u@two.example"],
  A3: ["u@mail.one.example", "v@two.example"],
};

function stage(mail: Mail = MAIL) {
  const rig = new CommandRig();
  const service = new QueueService(rig, mail);
  const logged: string[] = [];
  rig.programs.add("postlog", (args) => {
    logged.push(args.at(-1) ?? "");
    return {};
  });
  return { rig, service, logged };
}

/** Runs a command while time passes. */
async function run(rig: CommandRig, ...words: readonly string[]): Promise<number> {
  let isDone = false;
  const work = rig.run(...words).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await Promise.resolve();
    rig.clock.advance(5);
  }
  return await work;
}

function names(requests: readonly string[]): string[] {
  return requests.map((request) => request.split(" ").slice(1, 2).join());
}

describe("with the original, messages are released one by one", () => {
  for (const [words, released, asked] of [
    [["one.example"], ["A1"], ["fastflush_send"]],
    [["@one.example"], ["A1", "A3"], ["fastflush_send"]],
    [["ONE.example,two.example"], ["A1", "A2", "A3"], ["fastflush_send"]],
    [["--match", "*.one.example"], ["A3"], ["fastflush_send"]],
    [["--match", "T*", "--match", "one.*"], ["A1", "A2", "A3"], ["fastflush_send"]],
    [["--all"], ["A1", "A2", "A3"], ["fastflush_send"]],
    [["--id", "A1,A3", "--id", "A3"], ["A1", "A3"], []],
    [["--id", "A2", "A3"], ["A2", "A3"], []],
  ] as const) {
    test(words.join(" "), async () => {
      const { rig, service, logged } = stage();
      expect(await run(rig, "send", "--yes", ...words)).toBe(0);
      expect(service.released).toEqual([...released]);
      expect(names(rig.requests)).toEqual([...asked, ...released.map(() => "send_file")]);
      const count = released.length === 1 ? "1 message" : `${released.length} messages`;
      expect(rig.terminal.outText).toBe(
        `${count} released for delivery: Postfix tries to deliver now.\n`,
      );
      expect(rig.terminal.errText).toBe("");
      expect(logged).toEqual([
        `flush: by queue ID, selected=${words.join(" ").replace("A3 --id A3", "A3 A3")}, uid=0, ` +
          `released=${released.length}, kept=0, gone=0, failed=0`,
      ]);
    });
  }

  test("what nothing is deferred for is said", async () => {
    for (const words of [["none.example"], ["--match", "*nix*"], ["@none.example"]]) {
      const { rig, service, logged } = stage();
      expect(await run(rig, "send", "--yes", ...words)).toBe(0);
      expect(service.released).toEqual([]);
      expect(rig.terminal.outText).toBe(
        "Nothing was released: no deferred mail was found for this.\n",
      );
      expect(logged).toEqual([]);
    }
  });

  test("queue IDs that are not in the queue are said", async () => {
    const { rig, service } = stage();
    expect(await run(rig, "send", "--yes", "--id", "A1,B9")).toBe(0);
    expect(service.released).toEqual(["A1"]);
    expect(rig.terminal.outText).toBe(
      "1 message released for delivery: Postfix tries to deliver now.\n" +
        "1 message not found: no longer in the queue.\n",
    );
  });

  test("the reason is logged by other means, or it is said that it isn't", async () => {
    const { rig, logged } = stage();
    expect(await run(rig, "send", "--yes", "one.example", "--reason", "is back\n\x1b[1m")).toBe(0);
    expect(logged).toEqual([expect.stringMatching(/, reason=is back\?\?\[1m$/)]);
    expect(rig.programs.lines[0]).toStartWith(
      "postlog -c /etc/postfix -p info -t postfix/fastflush flush: by queue ID, ",
    );
    const { rig: other } = stage();
    other.programs.add("postlog", () => ({ status: 1 }));
    expect(await run(other, "send", "--yes", "one.example", "--reason", "x")).toBe(0);
    expect(other.terminal.errText).toBe(
      "The reason is not in the mail log: postlog ended with status 1.\n",
    );
  });

  test("it asks first, with all that would be tried, and nothing is done unless it is told to", async () => {
    const mail = Object.fromEntries(
      Array.from({ length: 101 }, (_, index) => [
        `B${index}`,
        ["u@one.example", "v@other.example"],
      ]),
    );
    const { rig, service } = stage(mail);
    rig.terminal.canAsk = true;
    rig.terminal.answers.push("n", "y");
    expect(await run(rig, "send", "one.example")).toBe(1);
    expect(rig.terminal.errText).toBe(
      "This also tries 1 other destination of these messages: other.example.\n" +
        "Release 101 messages for delivery now? [y/N] Nothing was released.\n",
    );
    expect(service.released).toEqual([]);
    expect(await run(rig, "send", "one.example")).toBe(0);
    expect(service.released).toHaveLength(101);
  });

  test("Ctrl-C ends it between two messages", async () => {
    const mail = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`B${index}`, ["u@one.example"]]),
    );
    const { rig, service } = stage(mail);
    service.fate = () => {
      if (service.released.length === 10) {
        expect(rig.interrupts.isListening).toBeTrue();
        rig.interrupts.interrupt();
      }
      return {};
    };
    expect(await run(rig, "send", "--yes", "--all")).toBe(1);
    expect(service.released.length).toBeLessThan(100);
    expect(rig.terminal.outText).toContain(
      `${service.released.length} messages released for delivery: Postfix tries to deliver now.\n` +
        "You ended it: what is not yet released stays deferred.\n",
    );
    expect(rig.interrupts.isListening).toBeFalse();
  });

  test("as JSON", async () => {
    const { rig } = stage();
    expect(await run(rig, "send", "--yes", "--json", "one.example")).toBe(0);
    expect(rig.terminal.outText).toBe(
      '{"item":"message","queue_id":"A1","logfile":"","outcome":"released","why":""}\n' +
        '{"item":"end","status":"done","released":1,"kept":0,"gone":0,"skipped":0,"failed":0,"omitted":0,' +
        '"delivered":null,"bounced":null,"deferred":null,"left":null,"held":null,"trying":null,"unfollowed":null}\n',
    );
  });

  test("a queue that can't be read: status 69, and nothing is done", async () => {
    const { rig, service } = stage();
    rig.mail = new OsError("ENOENT", "open");
    expect(await run(rig, "send", "--yes", "one.example")).toBe(69);
    expect(rig.terminal.errText).toContain("The deferred queue in /queue can't be read");
    expect(service.released).toEqual([]);
  });
});

describe("with our service", () => {
  test("sites that it records are its own", async () => {
    const { rig, service, logged } = stage();
    service.isOriginal = false;
    expect(await run(rig, "send", "--yes", "one.example", "--reason", "x")).toBe(0);
    expect(rig.requests).toEqual(["request fastflush_send version 1 sites one.example reason x"]);
    expect(logged).toEqual([]);
  });

  test("what is deferred and was not recorded is released nevertheless", async () => {
    const { rig, service } = stage();
    service.isOriginal = false;
    service.missed.add("A3");
    expect(await run(rig, "preview", "@one.example")).toBe(0);
    expect(rig.terminal.outText).toContain("A flush would release 2 messages for delivery.\n");
    expect(await run(rig, "send", "--yes", "--match", "*one*")).toBe(0);
    expect(service.released).toEqual(["A1", "A3"]);
    expect(names(rig.requests)).toEqual(["fastflush_preview", "fastflush_send", "send_file"]);
  });

  test("a pattern's and all destinations are asked for by their names", async () => {
    for (const [words, sites] of [
      [["--match", "*one*"], "one.example,mail.one.example"],
      [["--all"], "one.example,two.example,mail.one.example"],
    ] as const) {
      const { rig, service } = stage();
      service.isOriginal = false;
      expect(await run(rig, "send", "--yes", ...words)).toBe(0);
      expect(rig.requests).toEqual([`request fastflush_send version 1 sites ${sites} reason`]);
      expect(rig.terminal.errText).toBe("");
    }
  });

  test("sites without a log are looked up in the queue; no message twice", async () => {
    const { rig, service } = stage();
    service.isOriginal = false;
    service.unrecorded.add("two.example");
    expect(await run(rig, "send", "--yes", "two.example", "@one.example")).toBe(0);
    expect(service.released.toSorted()).toEqual(["A1", "A2", "A3"]);
    expect(rig.terminal.outText).toStartWith("3 messages released");
    expect(rig.terminal.errText).toBe(
      "two.example: not in fast_flush_domains: looked up in the deferred queue instead.\n",
    );
  });

  test("what it has sent is told also where the queue can't be read", async () => {
    const { rig, service } = stage();
    service.isOriginal = false;
    service.unrecorded.add("two.example");
    rig.mail = new OsError("EACCES", "open");
    expect(await run(rig, "send", "--yes", "one.example", "two.example")).toBe(77);
    expect(rig.terminal.outText).toStartWith("1 message released");
  });

  test("mail without a domain goes message by message", async () => {
    const { rig, service } = stage({ ...MAIL, C1: ["root"] });
    service.isOriginal = false;
    expect(await run(rig, "send", "--yes", "--all")).toBe(0);
    expect(service.released.toSorted()).toEqual(["A1", "A2", "A3", "C1"]);
    expect(names(rig.requests)).toEqual(["fastflush_send", "send_file"]);
  });
});

describe("preview", () => {
  const SUMS: ReadonlyArray<readonly [words: readonly string[], said: string]> = [
    [["one.example"], "A flush would release 1 message for delivery.\n"],
    [
      ["--match", "*.one.example"],
      "A flush would release 1 message for delivery.\n" +
        "It would also try 1 other destination of these messages: two.example.\n",
    ],
    [["--all"], "A flush would release 3 messages for delivery.\n"],
    [
      ["--id", "A3", "B9"],
      "A flush would release 1 message for delivery.\n1 message not found: no longer in the queue.\n",
    ],
    [["--match", "nix"], "No deferred mail was found for this: a flush would release nothing.\n"],
  ];
  for (const [words, said] of SUMS) {
    test(`with the original: ${words.join(" ")}`, async () => {
      const { rig, service } = stage();
      for (const command of [["preview"], ["send", "--dry-run"]]) {
        rig.terminal.outText = "";
        expect(await run(rig, ...command, ...words)).toBe(0);
        expect(rig.terminal.outText).toEndWith(said);
      }
      expect(service.released).toEqual([]);
    });
  }

  test("tells in the table what it tells with our service", async () => {
    const { rig } = stage();
    expect(await run(rig, "preview", "two.example")).toBe(0);
    expect(rig.terminal.outText).toMatch(
      /^A3 +400 B +[0-9]+ d +sender@origin\.example +v@two\.example +release it$/m,
    );
    expect(await run(rig, "preview", "--id", "A1", "--json")).toBe(0);
    expect(rig.terminal.outText).toContain('"queue":"deferred","size":');
  });

  test("as JSON, with and without a log of the site", async () => {
    const { rig, service } = stage();
    service.isOriginal = false;
    service.unrecorded.add("two.example");
    expect(await run(rig, "preview", "one.example,two.example", "--json")).toBe(0);
    const lines = rig.terminal.outText.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).queue_id)).toEqual(["A1", "A2", "A3", undefined]);
    expect(lines[2]).toContain(
      '"recipients":["v@two.example"],"recipients_count":1,"others":["mail.one.example"],"outcome":"release"',
    );
    expect(JSON.parse(lines[3] ?? "")).toMatchObject({ status: "done", release: 3 });
  });
});

describe("send --wait", () => {
  const SENT = "relay=mx, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (ok)";

  function delivered(queueId: string, ...addresses: readonly string[]) {
    const lines = addresses.map(
      (address) => `postfix/smtp[1]: ${queueId}: to=<${address}>, ${SENT}`,
    );
    return { lines: [...lines, `postfix/qmgr[1]: ${queueId}: removed`] };
  }

  for (const isOriginal of [true, false]) {
    const who = isOriginal ? "the original" : "our service";
    test(`ends with 0 where all was delivered, with ${who}`, async () => {
      const { rig, service } = stage();
      service.isOriginal = isOriginal;
      service.fate = (id) => delivered(id, ...(MAIL[id] ?? []));
      expect(await run(rig, "send", "--yes", "--wait", "@one.example")).toBe(0);
      expect(rig.terminal.outText).toBe(
        [
          "2 messages released for delivery: Postfix tries to deliver now.",
          "",
          "DESTINATION       DELIVERED  DEFERRED AGAIN",
          "mail.one.example          1               0",
          "one.example               1               0",
          "two.example               1               0",
          "Of 3 recipients: 3 delivered, 0 deferred again.",
          "",
        ].join("\n"),
      );
      expect(rig.terminal.errText).toBe("");
    });

    test(`ends with 1 where some is deferred again, with ${who}, and as JSON`, async () => {
      const { rig, service } = stage();
      service.isOriginal = isOriginal;
      service.fate = (id) => (id === "A1" ? delivered(id, "u@one.example") : { back: true });
      expect(await run(rig, "send", "--yes", "--wait", "--json", "--all")).toBe(1);
      const lines = rig.terminal.outText.trimEnd().split("\n");
      const outcomes = lines
        .map((line) => JSON.parse(line))
        .filter(({ item }) => item === "outcome");
      expect(outcomes).toContainEqual({
        item: "outcome",
        queue_id: "A1",
        recipient: "u@one.example",
        site: "one.example",
        outcome: "delivered",
        dsn: "2.0.0",
        reason: "ok",
        relay: "mx",
      });
      expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
        released: 3,
        delivered: 1,
        deferred: 3,
        left: 0,
        trying: 0,
      });
    });
  }

  test("says what can't be known, and that is no success", async () => {
    const { rig } = stage();
    expect(await run(rig, "send", "--yes", "--wait", "one.example")).toBe(1);
    expect(rig.terminal.outText).toContain("Of 1 recipient: 0 delivered, 0 deferred again, 1 left");
    expect(rig.terminal.errText).toBe(
      "1 recipient left the queue, delivered, bounced or taken out by an operator: the mail log " +
        "(/log/mail.log) has no line for them.\n",
    );
    const { rig: other } = stage();
    other.instance = { ...other.instance, logging: { ...other.instance.logging, maillogFile: "" } };
    expect(await run(other, "send", "--yes", "--wait", "one.example")).toBe(1);
    expect(other.terminal.errText).toContain(": no mail log could be read.\n");
  });

  test("shows a bar at a terminal", async () => {
    const { rig, service } = stage();
    rig.terminal.canOverwrite = true;
    service.fate = (id) => delivered(id, ...(MAIL[id] ?? []));
    expect(await run(rig, "send", "--yes", "--wait", "one.example")).toBe(0);
    expect(rig.terminal.errText).toEndWith(
      "\r\x1b[KFollowing [==============================] 100% 1 of 1 message\r\r\x1b[K",
    );
  });

  test("Ctrl-C ends the following, and the limit does: what is known is told", async () => {
    for (const [isStopped, words] of [
      [true, "1 recipient still being tried when you ended following"],
      [false, "1 recipient still being tried after 10 min"],
    ] as const) {
      const { rig, service } = stage();
      service.fate = (id) => {
        rig.disk.writeFile(`active/${id}`, "", { mode: 0o700 });
        return {};
      };
      if (isStopped) {
        rig.clock.after(5000, () => rig.interrupts.interrupt());
      }
      expect(await run(rig, "send", "--yes", "--wait", "one.example")).toBe(1);
      expect(rig.terminal.outText).toContain(
        "Of 1 recipient: 0 delivered, 0 deferred again, 1 still",
      );
      expect(rig.terminal.errText).toBe(`${words}: the mail system goes on by itself.\n`);
      expect(rig.interrupts.isListening).toBeFalse();
      expect(rig.clock.monotonicMs() > 600_000).toBe(!isStopped);
    }
  });

  test("does not wait where nothing was released", async () => {
    const { rig } = stage();
    expect(await run(rig, "send", "--yes", "--wait", "none.example")).toBe(0);
    expect(rig.terminal.outText).toBe(
      "Nothing was released: no deferred mail was found for this.\n",
    );
  });
});
