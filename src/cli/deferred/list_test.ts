/** `fastflush list` over mail in memory: what it prints, in which order, and what it leaves out. */
import { describe, expect, test } from "bun:test";
import { CommandRig } from "../../../test/support/command_rig.ts";
import { greylisted, message, refused, waiting } from "../../../test/support/some_mail.ts";
import { OsError } from "../../effects/os_error.ts";
import type { UnreadableFile } from "../../index/deferred_mail.ts";
import { MessagesInMemory } from "../../index/messages_in_memory.ts";
import { encodeUtf8 } from "../../names/byte_string.ts";

function rigWithMail(unreadable: readonly UnreadableFile[] = []): CommandRig {
  const rig = new CommandRig();
  rig.mail = new MessagesInMemory(
    [
      message(rig, "A1", 7200, 300, [
        refused("a@mail.one.com", "mx.one.com"),
        refused("b@mail.one.com", "mx.one.com"),
        greylisted("c@mail.one.com", "mx.one.com"),
      ]),
      message(rig, "A2", 60, -5, [
        refused("a@mail.one.com", "mx.one.com"),
        refused("d@one.com", "mx.one.com"),
      ]),
      message(rig, "A3", 90_000, 30, [greylisted("e@two.com", "mx.two.com")], {
        sizeBytes: 5_000_000,
      }),
      message(rig, "A4", 10, 1000, [waiting("f@three\x1b]0;x\x07.com")]),
    ],
    unreadable,
  );
  return rig;
}

/** The names of the destinations, in the order in which they are printed. */
async function namesOf(...words: readonly string[]): Promise<string[]> {
  const rig = rigWithMail();
  expect(await rig.run("list", "--json", ...words)).toBe(0);
  const lines = rig.jsonLines();
  return lines.slice(0, -1).map(({ name }) => name.replaceAll(/[^a-z.]/g, ""));
}

test("a part of the queue that who may read it can't read is no matter of who asks", async () => {
  for (const mayAsk of [true, false]) {
    const rig = new CommandRig();
    const place = { ...rig.instance.place, mayAsk };
    rig.instance = { ...rig.instance, configDirectory: "/etc/postfix out", place };
    rig.mail = new OsError("EACCES", "opendir");
    expect(await rig.run("list")).toBe(77);
    expect(rig.terminal.errText).toContain(
      mayAsk ? "who should (opendir: Permission denied)" : "only root and the mail owner (postfix)",
    );
    expect(rig.terminal.errText.includes(`"fastflush -c '/etc/postfix out' doctor"`)).toBe(mayAsk);
  }
});

for (const option of ["-c", "--cache-dir"]) {
  test(`${option} that is empty is refused`, async () => {
    const rig = new CommandRig();
    expect(await rig.run(option, "", "list")).toBe(64);
    expect(rig.terminal.errText).toBe(`${option} names no directory. Nothing was done.\n`);
  });
}

describe("list", () => {
  test("shows a line for each destination, the most messages first, and nothing that a terminal acts on", async () => {
    const rig = rigWithMail();
    expect(await rig.run("list")).toBe(0);
    expect(rig.terminal.outText).toBe(
      [
        "MESSAGES     SIZE  OLDEST   NEXT TRY  DESTINATION      RECIPIENTS: MOST COMMON REASON",
        "       2  2.0 KiB     2 h        due  mail.one.com     3 of 4: 4.4.1 connect: Connection refused",
        "       1  1.0 KiB   1 min        due  one.com          1 of 1: 4.4.1 connect: Connection refused",
        "       1  1.0 KiB    10 s  in 16 min  three?]0;x?.com  1 of 1: reason not known",
        "       1  4.8 MiB     1 d    in 30 s  two.com          1 of 1: 450 4.2.0 * Greylisted",
        "In all 4 deferred messages (each counted once) to 7 recipients at 4 destinations, 4.8 MiB. The oldest arrived 1 d ago, the next try is due.",
        "",
      ].join("\n"),
    );
    expect(rig.terminal.errText).toBe("");
    expect(rig.requests).toEqual([]);
  });

  test("cuts reasons at the edge of a terminal, then destinations, and only there", async () => {
    const rig = rigWithMail();
    rig.terminal.outColumns = 91;
    expect(await rig.run("list", "two.com", "mail.one.com")).toBe(0);
    const [, first = "", second = ""] = rig.terminal.outText.split("\n");
    expect(first).toHaveLength(91);
    expect(first).toEndWith("  mail.one.com  3 of 4: 4.4.1 connect: Connection refus…");
    expect(second).toEndWith("  two.com       1 of 1: 450 4.2.0 * Greylisted");
  });

  test("tells the reason below where it would be cut to less than is worth reading", async () => {
    const rig = new CommandRig();
    const long = `${"department.".repeat(8)}example.com`;
    rig.mail = new MessagesInMemory([
      message(rig, "A1", 7200, 300, [refused(`a@${long}`, "mx.one.com")]),
    ]);
    rig.terminal.outColumns = 80;
    expect(await rig.run("list")).toBe(0);
    expect(rig.terminal.outText.split("\n").slice(0, 4)).toEqual([
      "MESSAGES     SIZE  OLDEST  NEXT TRY  DESTINATION",
      "    RECIPIENTS: MOST COMMON REASON",
      "       1  1.0 KiB     2 h  in 5 min  department.department…epartment.example.com",
      "    1 of 1: 4.4.1 connect: Connection refused",
    ]);
  });

  test("groups by registered domain, and by the host that deferred", async () => {
    expect(await namesOf("--by", "parent")).toEqual(["one.com", "threex.com", "two.com"]);
    expect(await namesOf("--by", "relay")).toEqual(["mx.one.com", "", "mx.two.com"]);
    const rig = rigWithMail();
    expect(await rig.run("list", "--by", "relay")).toBe(0);
    expect(rig.terminal.outText).toMatch(/ RELAY .*\n.* mx\.one\.com .*\n.* \(no host named\) /);
    expect(rig.terminal.outText).toContain(" 7 recipients at 3 relays, ");
  });

  const orders: ReadonlyArray<readonly [column: string, names: readonly string[]]> = [
    ["messages", ["mail.one.com", "one.com", "threex.com", "two.com"]],
    ["size", ["two.com", "mail.one.com", "one.com", "threex.com"]],
    ["oldest", ["two.com", "mail.one.com", "one.com", "threex.com"]],
    ["next", ["mail.one.com", "one.com", "two.com", "threex.com"]],
    ["destination", ["mail.one.com", "one.com", "threex.com", "two.com"]],
    ["recipients", ["mail.one.com", "one.com", "threex.com", "two.com"]],
    ["reason", ["threex.com", "mail.one.com", "one.com", "two.com"]],
  ];
  for (const [column, names] of orders) {
    test(`--sort ${column}`, async () => {
      expect(await namesOf("--sort", column)).toEqual([...names]);
    });
  }

  test("of those that are alike, the one with more messages comes first, whatever its name", async () => {
    const rig = new CommandRig();
    const at = (id: string, site: string) => message(rig, id, 60, 300, [waiting(`u@${site}`)]);
    rig.mail = new MessagesInMemory([at("A1", "a.com"), at("A2", "b.com"), at("A3", "b.com")]);
    for (const words of [[], ["--reverse"]]) {
      rig.terminal.outText = "";
      expect(await rig.run("list", "--sort", "oldest", ...words)).toBe(0);
      expect(rig.terminal.outText).toMatch(/ b\.com .*\n.* a\.com /);
    }
  });

  test("--sort recipients counts those who wait, and not their messages", async () => {
    const rig = new CommandRig();
    rig.mail = new MessagesInMemory([
      message(rig, "A1", 60, 300, [waiting("u@a.com")]),
      message(rig, "A2", 60, 300, [waiting("u@a.com")]),
      message(rig, "A3", 60, 300, [waiting("u@b.com"), waiting("v@b.com"), waiting("w@b.com")]),
    ]);
    expect(await rig.run("list", "--sort", "recipients")).toBe(0);
    expect(rig.terminal.outText).toMatch(/ b\.com .*\n.* a\.com /);
  });

  test("--reverse turns the order, but those that are alike come as before", async () => {
    expect(await namesOf("--reverse")).toEqual([
      "one.com",
      "threex.com",
      "two.com",
      "mail.one.com",
    ]);
    expect(await namesOf("--sort", "oldest", "--reverse")).toEqual([
      "threex.com",
      "one.com",
      "mail.one.com",
      "two.com",
    ]);
  });

  const filters: ReadonlyArray<readonly [words: readonly string[], names: readonly string[]]> = [
    [["one.com"], ["one.com"]],
    [["ONE.com,two.com"], ["one.com", "two.com"]],
    [["@one.com"], ["mail.one.com", "one.com"]],
    [
      ["*.one.com", "t*"],
      ["mail.one.com", "threex.com", "two.com"],
    ],
    [
      ["--older", "1m"],
      ["mail.one.com", "one.com", "two.com"],
    ],
    [
      ["--older", "61s"],
      ["mail.one.com", "two.com"],
    ],
    [
      ["--older", "2h"],
      ["mail.one.com", "two.com"],
    ],
    [["--older", "3h"], ["two.com"]],
    [["--older", "1d"], ["two.com"]],
    [
      ["--reason", "GREYLIST"],
      ["mail.one.com", "two.com"],
    ],
    [
      ["--reason", "^4\\.4\\.1 connect to mx\\.one"],
      ["mail.one.com", "one.com"],
    ],
    [["--reason", "^$"], ["threex.com"]],
    [["@one.com", "--reason", "greylisted", "--older", "2h"], ["mail.one.com"]],
  ];
  for (const [words, names] of filters) {
    test(`only ${words.join(" ")}`, async () => {
      expect(await namesOf(...words)).toEqual([...names]);
    });
  }

  test("--reason is compared letter by letter, whatever their bytes", async () => {
    const rig = new CommandRig();
    rig.mail = new MessagesInMemory([
      message(rig, "A1", 60, 300, [waiting("u@a.com", "4.2.0", encodeUtf8("Größe überschritten"))]),
      message(rig, "A2", 60, 300, [waiting("u@b.com", "4.2.0", "Gr\xf6\xdfe")]),
    ]);
    expect(await rig.run("list", "--reason", "GRÖ.E Ü")).toBe(0);
    expect(rig.terminal.outText).toContain(" a.com ");
    expect(rig.terminal.outText).not.toContain(" b.com ");
  });

  test("the sums are of what is selected", async () => {
    const rig = rigWithMail();
    expect(await rig.run("list", "one.com")).toBe(0);
    expect(rig.terminal.outText).toContain(
      "In all 1 deferred message (each counted once) to 1 recipient at 1 destination, 1.0 KiB.",
    );
  });

  test("--limit says how many are left out; the sums are of all", async () => {
    const rig = rigWithMail();
    expect(await rig.run("list", "--limit", "1")).toBe(0);
    const lines = rig.terminal.outText.split("\n");
    expect(lines).toHaveLength(5);
    expect(lines[2]).toBe("And 3 more destinations: --limit 4 shows all, and so does --json.");
    expect(lines[3]).toStartWith(
      "In all 4 deferred messages (each counted once) to 7 recipients at 4 destinations",
    );
  });

  test("shows 1,000 destinations unless asked otherwise, and tells all in JSON", async () => {
    const rig = new CommandRig();
    rig.mail = new MessagesInMemory(
      Array.from({ length: 1001 }, (_, index) =>
        message(rig, `A${index}`, index, 0, [waiting(`u@s${index}.com`)]),
      ),
    );
    expect(await rig.run("list")).toBe(0);
    expect(rig.terminal.outText).toContain("\nAnd 1 more destination: --limit 1001 shows all, ");
    expect(rig.terminal.outText.match(/ s\d+\.com /g)).toHaveLength(1000);
    expect(await rig.run("list", "--limit", "1001")).toBe(0);
    expect(rig.terminal.outText.match(/ s\d+\.com /g)).toHaveLength(2001);
    expect(await rig.run("list", "--json")).toBe(0);
    expect(rig.terminal.outText.match(/"name":/g)).toHaveLength(1001);
  });

  test("--json has the schema's lines, and an end with the sums", async () => {
    const rig = rigWithMail();
    expect(await rig.run("list", "--json", "--limit", "1")).toBe(0);
    const now = rig.clock.wallMs() / 1000;
    expect(rig.jsonLines()).toEqual([
      {
        item: "destination",
        name: "mail.one.com",
        messages: 2,
        recipients: 4,
        bytes: 2048,
        oldest: now - 7200,
        next_try: now - 5,
        reason: "4.4.1 connect: Connection refused",
        reason_recipients: 3,
      },
      {
        item: "end",
        status: "done",
        destinations: 4,
        omitted: 3,
        messages: 4,
        recipients: 7,
        bytes: 5_003_072,
        oldest: now - 90_000,
        next_try: now - 5,
        unreadable: 0,
      },
    ]);
  });

  test("says that nothing is deferred, or that nothing matches what", async () => {
    const rig = new CommandRig();
    rig.mail = new MessagesInMemory([]);
    expect(await rig.run("list")).toBe(0);
    expect(await rig.run("list", "a.com", "@b.com", "--older", "1h", "--reason", "x")).toBe(0);
    expect(rig.terminal.outText).toBe(
      "No mail is deferred.\n" +
        'No deferred mail matches: messages for a.com, @b.com, that arrived 1h ago or longer, with a reason that matches "x".\n',
    );
    rig.terminal.outText = "";
    expect(await rig.run("list", "--json")).toBe(0);
    expect(JSON.parse(rig.terminal.outText)).toMatchObject({
      item: "end",
      messages: 0,
      oldest: null,
    });
  });

  test("says what can't be read: status 1", async () => {
    const path = "deferred/B/B1\x1b";
    const rig = rigWithMail([{ path, why: "open: Input/output error" }]);
    expect(await rig.run("list", "--json")).toBe(1);
    expect(rig.jsonLines().at(-1)).toMatchObject({ status: "failed", unreadable: 1 });
    rig.terminal.outText = "";
    rig.terminal.errText = "";
    expect(await rig.run("list")).toBe(1);
    expect(rig.terminal.outText).toContain("In all 4 deferred messages");
    expect(rig.terminal.errText).toBe(
      "Not complete: 1 file in the deferred queue can't be read as a message.\n" +
        "    deferred/B/B1?: open: Input/output error\n",
    );
  });

  for (const [command, ...words] of [["list"], ["histogram"], ["show", "*"]] as const) {
    test(`${command} names a few of very many files that can't be read, and with --json all`, async () => {
      const files = Array.from({ length: 1007 }, (_, index) => {
        return { path: `deferred/B${9000 - index}`, why: "truncated" };
      });
      const rig = rigWithMail(files);
      expect(await rig.run(command, ...words)).toBe(1);
      const lines = rig.terminal.errText.split("\n");
      expect(lines).toEqual([
        "Not complete: 1,007 files in the deferred queue can't be read as messages.",
        ...[7994, 7995, 7996, 7997, 7998].map((number) => `    deferred/B${number}: truncated`),
        "    and 1,002 more files: --json names all",
        "",
      ]);
      rig.terminal.outText = "";
      expect(await rig.run(command, ...words, "--json")).toBe(1);
      const [end, last, ...before] = rig.jsonLines().toReversed();
      expect(end).toMatchObject({ item: "end", status: "failed", unreadable: 1007 });
      expect(last).toEqual({ item: "unreadable", path: "deferred/B9000", why: "truncated" });
      expect(before.filter(({ item }) => item === "unreadable")).toHaveLength(1006);
    });
  }

  test("leaves the mail closed behind it, and says why there is none", async () => {
    const mail = new MessagesInMemory([]);
    const rig = new CommandRig();
    rig.mail = mail;
    await rig.run("list");
    expect(mail.isClosed).toBeTrue();
    rig.mail = null;
    expect(await rig.run("list")).toBe(69);
    expect(rig.terminal.errText).toContain("The deferred queue in /queue can't be read");
  });
});
