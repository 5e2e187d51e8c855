/** send on what is deferred, with the original flush service and with ours, in memory. */
import { describe, expect, test } from "bun:test";
import { MAIL, runInTime as run, stageMail as stage } from "../../../test/support/queue_service.ts";
import { message, waiting } from "../../../test/support/some_mail.ts";
import { OsError } from "../../effects/os_error.ts";
import { MessagesInMemory } from "../../index/messages_in_memory.ts";
import { SHOWN_AFTER_MS } from "../progress.ts";

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

  for (const [words, said] of [
    [["one.example"], "Nothing was released: 1 message for this is being delivered now.\n"],
    [["@one.example"], "Nothing was released: 2 messages for this are being delivered now.\n"],
    [["--match", "*.one.example"], "Nothing was released: 1 message for this is being"],
    [
      ["@one.example,two.example"],
      "1 message released for delivery: Postfix tries to deliver now.",
    ],
    [["none.example"], "Nothing was released: no deferred mail was found for this.\n"],
  ] as const) {
    test(`what others are delivering is said: ${words.join(" ")}`, async () => {
      const { rig, service } = stage();
      service.takeUp("A1", "incoming");
      service.takeUp("A3");
      rig.mail = new MessagesInMemory([message(rig, "A2", 60, 3600, [waiting("u@two.example")])]);
      expect(await run(rig, "send", "--yes", ...words)).toBe(0);
      expect(rig.terminal.outText).toStartWith(said);
      if (service.released.length > 0) {
        expect(rig.terminal.outText).toEndWith("2 messages for this are being delivered now.\n");
      }
    });
  }

  test("what is tried after one has looked, or released by others, is left alone", async () => {
    const { rig, service } = stage();
    const later = Math.floor(rig.clock.wallMs() / 1000) + 4000;
    rig.files.setTimes("deferred/A/A1", later);
    rig.files.rename("deferred/A/A2", "incoming/A2");
    expect(await run(rig, "send", "--yes", "--all", "--json")).toBe(0);
    expect(service.released).toEqual(["A3"]);
    const lines = rig.jsonLines();
    expect(lines.filter(({ outcome }) => outcome === "tried")).toEqual([
      expect.objectContaining({ queue_id: "A1", why: "released or tried meanwhile" }),
      expect.objectContaining({ queue_id: "A2" }),
    ]);
    expect(lines.at(-1)).toMatchObject({ released: 1, tried: 2, in_delivery: 0 });

    const { rig: other } = stage();
    other.files.setTimes("deferred/A/A1", later);
    expect(await run(other, "send", "--yes", "--all")).toBe(0);
    expect(other.terminal.outText).toBe(
      "2 messages released for delivery: Postfix tries to deliver now.\n" +
        "1 message left alone: released or tried meanwhile.\n",
    );
  });

  test("queue IDs that are in no queue are said, and the status is 1", async () => {
    const { rig, service } = stage();
    expect(await run(rig, "send", "--yes", "--id", "A1,B9")).toBe(1);
    expect(service.released).toEqual(["A1"]);
    expect(rig.terminal.outText).toBe(
      "1 message released for delivery: Postfix tries to deliver now.\n" +
        "1 message not found: in none of the queues. Queue IDs: B9\n",
    );
    for (const wait of [[], ["--wait"]]) {
      rig.terminal.outText = "";
      expect(await run(rig, "send", "--yes", "--id", "B8,B9", ...wait)).toBe(1);
      expect(rig.terminal.outText).toStartWith(
        "Nothing was released.\n2 messages not found: in none of the queues. Queue IDs: B8, B9\n",
      );
    }
    rig.terminal.outText = "";
    expect(await run(rig, "send", "--yes", "--id", "B9", "--json")).toBe(1);
    expect(rig.jsonLines().at(-1)).toMatchObject({ released: 0, gone: 1 });
  });

  test("a message that has left the queue before its turn came is no failure", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `B${index}`);
    const mail = Object.fromEntries(ids.map((id) => [id, ["u@one.example"]]));
    const { rig, service } = stage(mail);
    service.fate = (id) => {
      if (id === "B0") {
        rig.files.remove("deferred/B/B19");
      }
      return {};
    };
    expect(await run(rig, "send", "--yes", "--id", ...ids)).toBe(0);
    expect(rig.terminal.outText).toBe(
      "19 messages released for delivery: Postfix tries to deliver now.\n" +
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
    const ids = Array.from({ length: 100 }, (_, index) => `B${index}`);
    expect(await run(rig, "send", "--yes", "--id", "A2", ...ids)).toBe(1);
    expect(rig.terminal.outText).toEndWith(", B18, B19, ...\n");
    const selected = `--id A2 ${ids.join(" ")}`.slice(0, 200);
    expect(logged[1]).toContain(`, selected=${selected}, uid=`);
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

  test("a bar shows at a terminal how many have been released", async () => {
    const ids = Array.from({ length: 120 }, (_, index) => `B${index}`);
    const { rig } = stage(Object.fromEntries(ids.map((id) => [id, ["u@one.example"]])));
    rig.terminal.canOverwrite = true;
    rig.clock.costMs = SHOWN_AFTER_MS;
    expect(await run(rig, "send", "--yes", "--all")).toBe(0);
    expect(rig.terminal.errText).toBe(
      "\r\x1b[KReleasing [=============-----------------]  41% 50 of 120 messages\r" +
        "\r\x1b[KReleasing [=========================-----]  83% 100 of 120 messages\r\r\x1b[K",
    );
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
        '{"item":"end","status":"done","released":1,"kept":0,"tried":0,"gone":0,"skipped":0,"failed":0,' +
        '"omitted":0,"in_delivery":0,"delivered":null,"bounced":null,"deferred":null,"left":null,"held":null,"trying":null,"unfollowed":null}\n',
    );
  });

  test("a service that is not to be reached: nothing is claimed", async () => {
    const { rig } = stage();
    rig.refuse("EACCES");
    expect(await run(rig, "send", "--yes", "--id", "A1")).toBe(77);
    expect(rig.terminal.outText).toBe("");
    expect(rig.terminal.errText).toStartWith("Not permitted: only root and the mail owner");
  });

  test("a queue that can't be read: status 69, and nothing is done", async () => {
    const { rig, service } = stage();
    rig.mail = new OsError("ENOENT", "open");
    expect(await run(rig, "send", "--yes", "one.example")).toBe(69);
    expect(rig.terminal.errText).toContain("The deferred queue in /queue can't be read");
    expect(service.released).toEqual([]);
    expect(rig.terminal.outText).toBe("");
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

  test("nothing of a stranger's site without a log acts on the terminal", async () => {
    const site = "c\x1b]0;x\x07.example";
    const { rig, service } = stage({ C1: [`u@${site}`] });
    service.isOriginal = false;
    service.unrecorded.add(site);
    expect(await run(rig, "send", "--yes", "--all")).toBe(0);
    expect(service.released).toEqual(["C1"]);
    expect(rig.terminal.errText).toBe(
      "c?]0;x?.example: not in fast_flush_domains: looked up in the deferred queue instead.\n",
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

  test("mail to what can't be asked for by its name goes message by message", async () => {
    const { rig, service } = stage({ ...MAIL, C1: [`u@${"x".repeat(1025)}`] });
    service.isOriginal = false;
    expect(await run(rig, "send", "--yes", "--all")).toBe(0);
    expect(service.released.toSorted()).toEqual(["A1", "A2", "A3", "C1"]);
    expect(names(rig.requests)).toEqual(["fastflush_send", "send_file"]);
  });

  test("so many sites that it takes several requests are looked up in the queue, too", async () => {
    const { rig, service } = stage();
    const sites = Array.from({ length: 1001 }, (_, index) => `s${index}.example`);
    expect(await run(rig, "send", "--yes", ...sites, "one.example")).toBe(0);
    expect(service.released).toEqual(["A1"]);
  });

  test("mail without a domain goes message by message", async () => {
    const { rig, service } = stage({ ...MAIL, C1: ["root"] });
    service.isOriginal = false;
    expect(await run(rig, "send", "--yes", "--all")).toBe(0);
    expect(service.released.toSorted()).toEqual(["A1", "A2", "A3", "C1"]);
    expect(names(rig.requests)).toEqual(["fastflush_send", "send_file"]);

    const { rig: other, service: only } = stage({ C1: ["root"] });
    only.isOriginal = false;
    expect(await run(other, "send", "--yes", "--all")).toBe(0);
    expect(names(other.requests)).toEqual(["send_file"]);
  });
});
