/** `fastflush histogram` over mail in memory: as a table, in colours, as qshape's output and in JSON. */
import { describe, expect, test } from "bun:test";
import { CommandRig } from "../../../test/support/command_rig.ts";
import { message, waiting } from "../../../test/support/some_mail.ts";
import { MessagesInMemory } from "../../index/messages_in_memory.ts";

const MINUTE = 60;

function rigWithMail(): CommandRig {
  const rig = new CommandRig();
  const at = (site: string, count: number) =>
    Array.from({ length: count }, (_, index) => waiting(`u${index}@${site}`));
  rig.mail = new MessagesInMemory([
    message(rig, "A1", 0, 0, at("one.com", 2)),
    message(rig, "A2", 5 * MINUTE - 1, 0, at("one.com", 1)),
    message(rig, "A3", 5 * MINUTE, 0, [...at("one.com", 1), ...at("three.com", 1)]),
    message(rig, "A4", 10 * MINUTE, 0, at("one.com", 10)),
    message(rig, "A5", 1280 * MINUTE - 1, 0, at("mail.two.com", 3)),
    message(rig, "A6", 1280 * MINUTE, 0, at("mail.two.com", 1500)),
    message(rig, "A7", 30, 0, at("", 1)),
  ]);
  return rig;
}

describe("histogram", () => {
  test("counts recipients by age in buckets that double, the most first", async () => {
    const rig = rigWithMail();
    expect(await rig.run("histogram")).toBe(0);
    expect(rig.terminal.outText).toBe(
      [
        "    T  5m  10m  20m  40m  80m  160m  320m  640m  1280m  older  DESTINATION",
        "1,519   4    2   10    .    .     .     .     .      3  1,500  (all)",
        "1,503   .    .    .    .    .     .     .     .      3  1,500  mail.two.com",
        "   14   3    1   10    .    .     .     .     .      .      .  one.com",
        "    1   1    .    .    .    .     .     .     .      .      .  (no domain)",
        "    1   .    1    .    .    .     .     .     .      .      .  three.com",
        "In all 1,519 recipients of 7 deferred messages at 4 destinations, by the time since arrival.",
        "",
      ].join("\n"),
    );
  });

  test("is coloured where the terminal has colours: nobody dim, the most red", async () => {
    const rig = rigWithMail();
    rig.terminal.hasColours = true;
    expect(await rig.run("histogram")).toBe(0);
    const coloured = rig.terminal.outText;
    expect(coloured).toContain("\x1b[1m1,519\x1b[22m");
    expect(coloured).toContain("\x1b[2m.\x1b[22m");
    expect(coloured).toContain("\x1b[1m\x1b[31m1,500\x1b[39m\x1b[22m");
    expect(coloured).toContain("\x1b[32m3\x1b[39m");
    expect(coloured).toContain("\x1b[33m10\x1b[39m");
    const plain = rigWithMail();
    await plain.run("histogram");
    expect(Bun.stripANSI(coloured)).toBe(plain.terminal.outText);
  });

  test("--by, patterns and --limit are those of list", async () => {
    const rig = rigWithMail();
    expect(await rig.run("histogram", "--by", "parent", "*.com", "--limit", "1")).toBe(0);
    expect(rig.terminal.outText).toMatch(
      / PARENT DOMAIN\n1,518 .* \(all\)\n1,503 .* two\.com\nAnd 2 more parent domains: /,
    );
    expect(rig.terminal.outText).toContain(
      "\nIn all 1,518 recipients of 6 deferred messages at 3 parent domains, ",
    );
    expect(await rig.run("histogram", "--older", "2d")).toBe(0);
    expect(rig.terminal.outText).toEndWith(
      "No deferred mail matches: messages that arrived 2d ago or longer.\n",
    );
  });

  test("the most of a shown destination is red, however many there are in all", async () => {
    const rig = new CommandRig();
    rig.terminal.hasColours = true;
    const many = (id: string, site: string) =>
      message(
        rig,
        id,
        0,
        0,
        Array.from({ length: 20 }, (_, index) => waiting(`u${index}@${site}`)),
      );
    rig.mail = new MessagesInMemory(
      Array.from({ length: 100 }, (_, site) => many(`A${site}`, `s${site}.com`)),
    );
    expect(await rig.run("histogram")).toBe(0);
    expect(rig.terminal.outText.match(/\x1b\[1m\x1b\[31m20\x1b/g)).toHaveLength(100);
  });

  test("of as many recipients, the shorter name comes first, then the first by the alphabet", async () => {
    const rig = new CommandRig();
    const sites = ["b.com", "aa.com", "a.com", "c.com"];
    rig.mail = new MessagesInMemory(
      sites.map((site, index) => message(rig, `A${index}`, 0, 0, [waiting(`u@${site}`)])),
    );
    expect(await rig.run("histogram", "--json")).toBe(0);
    const names = rig.jsonLines().flatMap(({ name }) => name ?? []);
    expect(names).toEqual(["a.com", "b.com", "c.com", "aa.com"]);
  });

  test("--reason counts the recipients that wait for it", async () => {
    const rig = new CommandRig();
    rig.mail = new MessagesInMemory([
      message(rig, "A1", 0, 0, [waiting("u@a.com", "4.2.0", "later"), waiting("v@a.com")]),
      message(rig, "A2", 0, 0, [waiting("u@b.com", "4.4.1", "refused")]),
    ]);
    expect(await rig.run("histogram", "--reason", "later", "--json")).toBe(0);
    expect(rig.jsonLines().slice(1, -1)).toEqual([
      {
        item: "destination",
        name: "a.com",
        recipients: 1,
        counts: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      },
    ]);
  });

  test("shows 1,000 destinations unless asked otherwise; --plain and --json have all", async () => {
    const rig = new CommandRig();
    rig.mail = new MessagesInMemory(
      Array.from({ length: 1001 }, (_, index) =>
        message(rig, `A${index}`, 0, 0, [waiting(`u@s${index}.com`)]),
      ),
    );
    for (const [words, count] of [
      [[], 1000],
      [["--plain"], 1001],
      [["--json"], 1001],
      [["--plain", "--limit", "7"], 7],
    ] as const) {
      rig.terminal.outText = "";
      expect(await rig.run("histogram", ...words)).toBe(0);
      expect(rig.terminal.outText.match(/\bs\d+\.com\b/g)).toHaveLength(count);
    }
  });

  test("--json has the limits in seconds, then a line for each destination", async () => {
    const rig = rigWithMail();
    expect(await rig.run("histogram", "--json", "--older", "0s", "--limit", "3")).toBe(0);
    expect(rig.jsonLines()[3]).toMatchObject({ item: "destination", name: "", recipients: 1 });
    rig.terminal.outText = "";
    expect(await rig.run("histogram", "--json", "one.com", "three.com", "--limit", "1")).toBe(0);
    expect(rig.jsonLines()).toEqual([
      { item: "ages", limits: [300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 76800] },
      {
        item: "destination",
        name: "one.com",
        recipients: 14,
        counts: [3, 1, 10, 0, 0, 0, 0, 0, 0, 0],
      },
      {
        item: "end",
        status: "done",
        destinations: 2,
        omitted: 1,
        messages: 4,
        recipients: 15,
        counts: [3, 2, 10, 0, 0, 0, 0, 0, 0, 0],
        unreadable: 0,
      },
    ]);
  });
});

/** What these show, qshape has printed for the same queues. */
describe("--plain", () => {
  test("has the shape of qshape's output", async () => {
    const rig = rigWithMail();
    rig.terminal.hasColours = true;
    expect(await rig.run("histogram", "--plain")).toBe(0);
    expect(rig.terminal.outText).toBe(
      [
        "                                         T  5 10 20 40 80 160 320 640 1280 1280+",
        "                                TOTAL 1519  4  2 10  0  0   0   0   0    3  1500",
        "                         mail.two.com 1503  0  0  0  0  0   0   0   0    3  1500",
        "                              one.com   14  3  1 10  0  0   0   0   0    0     0",
        "                        MAILER-DAEMON    1  1  0  0  0  0   0   0   0    0     0",
        "                            three.com    1  0  1  0  0  0   0   0   0    0     0",
        "",
      ].join("\n"),
    );
  });

  test("of recipients whose reason names no host, says what Postfix logs of that", async () => {
    const rig = rigWithMail();
    expect(await rig.run("histogram", "--plain", "--by", "relay")).toBe(0);
    expect(rig.terminal.outText).toMatch(/^ +none +\d+ /m);
    expect(rig.terminal.outText).not.toContain("MAILER-DAEMON");
  });

  test("shows nothing that a terminal acts on", async () => {
    const rig = new CommandRig();
    rig.mail = new MessagesInMemory([
      message(rig, "A1", 0, 0, [waiting("u@odd\x1b[2J\xc2\x9b.com")]),
    ]);
    expect(await rig.run("histogram", "--plain")).toBe(0);
    expect(rig.terminal.outText).toContain(" odd?[2J?.com ");
  });

  test("of nothing is the heading and zeros", async () => {
    const rig = new CommandRig();
    rig.mail = new MessagesInMemory([]);
    expect(await rig.run("histogram", "--plain")).toBe(0);
    expect(rig.terminal.outText).toBe(
      "                                         T  5 10 20 40 80 160 320 640 1280 1280+\n" +
        "                                  TOTAL  0  0  0  0  0  0   0   0   0    0     0\n",
    );
  });

  test("shows the end of a long name, and of names at least 18 columns, however wide the numbers are", async () => {
    const rig = new CommandRig();
    const site = "a-very-long-domain-name-indeed.with.many.labels.example.com";
    rig.mail = new MessagesInMemory([message(rig, "A1", 1, 0, [waiting(`u@${site}`)])]);
    expect(await rig.run("histogram", "--plain")).toBe(0);
    const [, , line = ""] = rig.terminal.outText.split("\n");
    expect(line).toStartWith("+me-indeed.with.many.labels.example.com  1  1  0");
    expect(line).toHaveLength(80);
  });
});
