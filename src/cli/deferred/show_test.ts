/** `fastflush show` over mail in memory: each message, who waits, why, and what to type next. */
import { describe, expect, test } from "bun:test";
import { CommandRig } from "../../../test/support/command_rig.ts";
import { greylisted, message, refused, waiting } from "../../../test/support/some_mail.ts";
import { MessagesInMemory } from "../../index/messages_in_memory.ts";

function rigWithMail(): CommandRig {
  const rig = new CommandRig();
  rig.mail = new MessagesInMemory([
    message(rig, "A1", 60, 300, [refused("a@one.com", "mx.one.com"), waiting("b@one.com")]),
    message(
      rig,
      "A2",
      7200,
      -5,
      [
        greylisted("c\x1b[31m@one.com", "mx.one.com"),
        refused("d@two.com", "mx.two.com"),
        refused("e@three.com", "mx.three.com"),
        refused("f@two.com", "mx.two.com"),
      ],
      { sender: "" },
    ),
    message(rig, "A3", 60, 30, [greylisted("g@sub.one.com", "mx.one.com")], { sender: "s\x07@x" }),
  ]);
  return rig;
}

describe("show", () => {
  test("shows messages, the oldest first, with each recipient there and the whole reason", async () => {
    const rig = rigWithMail();
    rig.terminal.outColumns = 40;
    expect(await rig.run("show", "@one.com")).toBe(0);
    expect(rig.terminal.outText).toBe(
      [
        "QUEUE ID     SIZE    AGE  NEXT TRY  SENDER",
        "A2        1.0 KiB    2 h       due  <>",
        "    c?[31m@one.com: 4.2.0 host mx.one.com[192.0.2.1] said: 450 4.2.0 <c?[31m@one.com>: Greylisted (in reply to RCPT TO command)",
        "    and 3 recipients elsewhere: two.com, three.com",
        "A1        1.0 KiB  1 min  in 5 min  s@origin.example",
        "    a@one.com: 4.4.1 connect to mx.one.com[192.0.2.1]:25: Connection refused",
        "    b@one.com: reason not known",
        "A3        1.0 KiB  1 min   in 30 s  s?@x",
        "    g@sub.one.com: 4.2.0 host mx.one.com[192.0.2.1] said: 450 4.2.0 <g@sub.one.com>: Greylisted (in reply to RCPT TO command)",
        "In all 3 deferred messages to 4 recipients there, 3.0 KiB.",
        "To see what a flush of these sites would do: fastflush preview @one.com",
        "To try to deliver their mail now: fastflush send @one.com",
        "",
      ].join("\n"),
    );
  });

  test("nothing of a destination elsewhere acts on a terminal", async () => {
    const rig = new CommandRig();
    const recipients = [waiting("a@one.com"), waiting("b@odd\x1b[2J\xc2\x9b.com")];
    rig.mail = new MessagesInMemory([message(rig, "A1", 60, 300, recipients)]);
    expect(await rig.run("show", "one.com")).toBe(0);
    expect(rig.terminal.outText).toContain("    and 1 recipient elsewhere: odd?[2J?.com\n");
  });

  test("of one reason, shows the recipients that wait for it", async () => {
    const rig = rigWithMail();
    expect(await rig.run("show", "one.com", "--reason", "refused")).toBe(0);
    expect(rig.terminal.outText).toContain("    a@one.com: ");
    expect(rig.terminal.outText).not.toContain("b@one.com");
    expect(rig.terminal.outText).not.toContain("elsewhere");
    expect(rig.terminal.outText).toContain(
      "In all 1 deferred message to 1 recipient there, 1.0 KiB.",
    );
  });

  test("recipients elsewhere are those at other sites, whatever they wait for", async () => {
    const rig = rigWithMail();
    expect(await rig.run("show", "one.com", "--reason", "greylisted")).toBe(0);
    expect(rig.terminal.outText).toContain("    and 3 recipients elsewhere: two.com, three.com\n");
  });

  for (const [count, words] of [
    [5, "(no domain), s1.com, s2.com, s3.com, s4.com"],
    [6, "(no domain), s1.com, s2.com, s3.com, s4.com, ..."],
    [102, "(no domain), s1.com, s2.com, s3.com, s4.com, ..."],
  ] as const) {
    test(`names five of ${count} destinations elsewhere, and with --json a hundred`, async () => {
      const rig = new CommandRig();
      const others = Array.from({ length: count }, (_, index) =>
        waiting(index === 0 ? "u@" : `u@s${index}.com`),
      );
      rig.mail = new MessagesInMemory([
        message(rig, "A1", 60, 300, [waiting("u@one.com"), ...others]),
      ]);
      expect(await rig.run("show", "one.com")).toBe(0);
      expect(rig.terminal.outText).toContain(`    and ${count} recipients elsewhere: ${words}\n`);
      rig.terminal.outText = "";
      expect(await rig.run("show", "one.com", "--json")).toBe(0);
      const [line] = rig.jsonLines();
      expect(line).toMatchObject({ item: "message", elsewhere_count: count });
      expect(line?.elsewhere).toHaveLength(Math.min(count, 100));
    });
  }

  test("--limit shows the oldest, and how many more there are", async () => {
    const rig = rigWithMail();
    expect(await rig.run("show", "*", "--limit", "2")).toBe(0);
    expect(rig.terminal.outText).toMatch(/^A2 /m);
    expect(rig.terminal.outText).toMatch(/^A1 /m);
    expect(rig.terminal.outText).not.toMatch(/^A3 /m);
    expect(rig.terminal.outText).toContain(
      "1 more message not shown, none of them older: --limit 3 shows all, and so does --json.\n",
    );
    expect(rig.terminal.outText).toContain("In all 3 deferred messages to 7 recipients there");
  });

  test("of 100 messages and 20 recipients of one more are counted, not shown", async () => {
    const rig = new CommandRig();
    const many = Array.from({ length: 21 }, (_, index) => waiting(`u${index}@one.com`));
    rig.mail = new MessagesInMemory(
      Array.from({ length: 250 }, (_, index) => message(rig, `A${1000 + index}`, index, 0, many)),
    );
    expect(await rig.run("show", "one.com")).toBe(0);
    const shown = [...rig.terminal.outText.matchAll(/^A\d+/gm)].map(([id]) => id);
    expect(shown).toEqual(Array.from({ length: 100 }, (_, index) => `A${1249 - index}`));
    expect(rig.terminal.outText.match(/^ {4}u\d+@/gm)).toHaveLength(100 * 20);
    expect(rig.terminal.outText.match(/^ {4}and 1 more recipient there$/gm)).toHaveLength(100);
    expect(rig.terminal.outText).toContain("150 more messages not shown");
  });

  test("says what to type for another instance", async () => {
    const rig = rigWithMail();
    rig.instance = { ...rig.instance, configDirectory: "/etc/postfix out" };
    expect(await rig.run("show", "one.com", "two.com")).toBe(0);
    expect(rig.terminal.outText).toEndWith(
      "To see what a flush of these sites would do: fastflush -c '/etc/postfix out' preview one.com two.com\n" +
        "To try to deliver their mail now: fastflush -c '/etc/postfix out' send one.com two.com\n",
    );
  });

  test("says that nothing matches: status 0", async () => {
    const rig = rigWithMail();
    expect(await rig.run("show", "none.com")).toBe(0);
    expect(rig.terminal.outText).toBe("No deferred mail matches: messages for none.com.\n");
  });

  test("--json has each message, then its recipients there", async () => {
    const rig = rigWithMail();
    expect(await rig.run("show", "one.com", "--json", "--older", "1h")).toBe(0);
    const now = rig.clock.wallMs() / 1000;
    expect(rig.jsonLines()).toEqual([
      {
        item: "message",
        queue_id: "A2",
        size: 1024,
        arrived: now - 7200,
        next_try: now - 5,
        sender: null,
        recipients_count: 1,
        elsewhere_count: 3,
        elsewhere: ["two.com", "three.com"],
      },
      {
        item: "recipient",
        queue_id: "A2",
        address: "c\x1b[31m@one.com",
        site: "one.com",
        status: "4.2.0",
        reason:
          "host mx.one.com[192.0.2.1] said: 450 4.2.0 <c\x1b[31m@one.com>: Greylisted (in reply to RCPT TO command)",
      },
      {
        item: "end",
        status: "done",
        messages: 1,
        omitted: 0,
        recipients: 1,
        bytes: 1024,
        unreadable: 0,
      },
    ]);
    expect(rig.terminal.outText).not.toContain("\x1b");
    rig.terminal.outText = "";
    expect(await rig.run("show", "*", "--json", "--limit", "1")).toBe(0);
    expect(rig.terminal.outText.match(/"item":"message"/g)).toHaveLength(1);
    expect(rig.terminal.outText).toContain('"messages":3,"omitted":2');
  });
});
