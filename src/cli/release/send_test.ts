/** The send command over a service in memory: when it asks, what it sends, what it says. */
import { describe, expect, test } from "bun:test";
import { CommandRig, end, item } from "../../../test/support/command_rig.ts";

function released(count: number): string {
  return end(0, ["released", count], ["kept", 0], ["gone", 0], ["skipped", 0], ["failed", 0]);
}

function previewed(count: number, others = ""): string {
  const message = item("message", ["queue_id", "A1"], ["others", others], ["outcome", "release"]);
  return message + end(0, ["release", count], ["unreadable", 0]);
}

describe("send", () => {
  test("--yes sends without a preview, with the reason, and says what it did", async () => {
    const rig = new CommandRig();
    rig.replies.push(
      item("message", ["queue_id", "A1"], ["outcome", "failed"], ["why", "x"]) +
        end(
          0,
          ["released", 2],
          ["kept", 1],
          ["gone", 3],
          ["skipped", 4],
          ["failed", 1],
          ["omitted", 0],
        ),
    );
    expect(await rig.run("send", "a.example", "@b.example", "--yes", "--reason", "back ü")).toBe(1);
    expect(rig.requests).toEqual([
      "request fastflush_send version 1 sites a.example,@b.example reason back Ã¼",
    ]);
    expect(rig.terminal.outText).toBe(
      [
        "2 messages released for delivery: Postfix tries to deliver now.",
        "1 message left alone: in active or hold.",
        "4 messages left deferred: no undelivered recipient is at these sites.",
        "3 messages not found: no longer in the queue.",
        "1 message not released: a file could not be changed, the mail log says why. Queue IDs: A1",
        "",
      ].join("\n"),
    );
  });

  for (const [count, last] of [
    [20, "A19\n"],
    [21, "A19, ...\n"],
  ] as const) {
    test(`of ${count} messages that could not be released, names twenty, and says whether there are more`, async () => {
      const rig = new CommandRig();
      const failed = Array.from({ length: count }, (_, index) =>
        item("message", ["queue_id", `A${index}`], ["outcome", "failed"], ["why", "x"]),
      );
      rig.replies.push(failed.join("") + end(0, ["released", 0], ["failed", count]));
      expect(await rig.run("send", "a.example", "--yes")).toBe(1);
      expect(rig.terminal.outText).toStartWith(`${count} messages not released: `);
      expect(rig.terminal.outText).toEndWith(`, ${last}`);
    });
  }

  test("drops the dot that a site ends in", async () => {
    const rig = new CommandRig();
    rig.replies.push(released(1));
    expect(await rig.run("send", "a.example.", "@b.example.", "a.example", "--yes")).toBe(0);
    expect(rig.requests).toEqual([
      "request fastflush_send version 1 sites a.example,@b.example reason",
    ]);
  });

  test("does not claim to have released what isn't there", async () => {
    const rig = new CommandRig();
    rig.replies.push(released(0));
    expect(await rig.run("send", "--yes", "a.example")).toBe(0);
    expect(rig.terminal.outText).toBe(
      "Nothing was released: no deferred mail was found for this.\n",
    );
  });

  test("--dry-run only previews", async () => {
    const rig = new CommandRig();
    rig.replies.push(previewed(1));
    expect(await rig.run("send", "a.example", "--dry-run", "--yes")).toBe(0);
    expect(rig.requests).toEqual(["request fastflush_preview version 1 sites a.example"]);
  });

  test("up to 100 messages are sent without a question, at a terminal", async () => {
    const rig = new CommandRig();
    rig.terminal.canAsk = true;
    rig.replies.push(previewed(100), released(100));
    expect(await rig.run("send", "a.example")).toBe(0);
    expect(rig.requests.map((request) => request.split(" ")[1])).toEqual([
      "fastflush_preview",
      "fastflush_send",
    ]);
    expect(rig.terminal.errText).toBe("");
  });

  for (const [answer, isSent] of [
    ["y", true],
    [" YES ", true],
    ["n", false],
    ["", false],
    ["yet", false],
    [null, false],
  ] as const) {
    test(`more are asked about; ${answer === null ? "no answer" : `"${answer}"`}`, async () => {
      const rig = new CommandRig();
      rig.terminal.canAsk = true;
      rig.terminal.answers.push(...(answer === null ? [] : [answer]));
      rig.replies.push(previewed(1500, "b.example"), released(1500));
      expect(await rig.run("send", "a.example")).toBe(isSent ? 0 : 1);
      expect(rig.requests).toHaveLength(isSent ? 2 : 1);
      expect(rig.terminal.errText).toBe(
        "This also tries 1 other destination of these messages: b.example.\n" +
          "Release 1,500 messages for delivery now? [y/N] " +
          (isSent ? "" : "Nothing was released.\n"),
      );
      expect(rig.terminal.outText === "").toBe(!isSent);
    });
  }

  for (const [what, reply, question] of [
    ["can't be read", end(0, ["release", 60], ["unreadable", 41]), "up to 101 messages"],
    ["can't be counted", end(-1, ["release", 1], ["unreadable", 0]), "at least 1 message"],
  ] as const) {
    test(`the question says so where some ${what}`, async () => {
      const rig = new CommandRig();
      rig.terminal.canAsk = true;
      rig.replies.push(reply);
      expect(await rig.run("send", "a.example")).toBe(1);
      expect(rig.terminal.errText).toStartWith(`Release ${question} for delivery now? [y/N] `);
      expect(rig.requests).toHaveLength(1);
    });
  }

  test("sends nothing where the preview fails", async () => {
    const rig = new CommandRig();
    rig.terminal.canAsk = true;
    rig.replies.push("item\0message\0");
    expect(await rig.run("send", "a.example")).toBe(75);
    expect(rig.requests).toHaveLength(1);
  });

  test("many sites go in several requests, and what is sent is added up", async () => {
    const rig = new CommandRig();
    rig.replies.push(released(2), released(3));
    const names = Array.from({ length: 1001 }, (_, index) => `s${index}`);
    expect(await rig.run("send", "--yes", ...names)).toBe(0);
    expect(rig.requests).toHaveLength(2);
    expect(rig.terminal.outText).toStartWith("5 messages released");
  });

  test("a request that fails ends it: what came before is told", async () => {
    const rig = new CommandRig();
    rig.replies.push(released(2), "item\0", released(3));
    const names = Array.from({ length: 2001 }, (_, index) => `s${index}`);
    expect(await rig.run("send", "--yes", ...names)).toBe(75);
    expect(rig.requests).toHaveLength(2);
    expect(rig.terminal.outText).toStartWith("2 messages released");
    expect(rig.terminal.errText).toStartWith("Not complete: the report broke off");
  });

  test("--json has no end where the report has none", async () => {
    const rig = new CommandRig();
    const message = item("message", ["queue_id", "A1"], ["outcome", "released"]);
    rig.replies.push(message);
    expect(await rig.run("send", "--yes", "a.example", "--json")).toBe(75);
    expect(rig.terminal.outText).toBe(
      '{"item":"message","queue_id":"A1","logfile":"","outcome":"released","why":""}\n',
    );
  });
});

describe("a message that several logs name", () => {
  const told = (outcome: string) => item("message", ["queue_id", "A1"], ["outcome", outcome]);

  for (const [first, second, said] of [
    ["released", "released", "1 message released for delivery: Postfix tries to deliver now.\n"],
    ["released", "kept", "1 message released for delivery: Postfix tries to deliver now.\n"],
    ["kept", "kept", "1 message left alone: in active or hold.\n"],
    ["kept", "released", "1 message released for delivery: Postfix tries to deliver now.\n"],
    ["skipped", "released", "1 message released for delivery: Postfix tries to deliver now.\n"],
    ["skipped", "gone", "1 message left deferred: no undelivered recipient is at these sites.\n"],
  ] as const) {
    test(`is counted once: ${first}, ${second}`, async () => {
      const rig = new CommandRig();
      const count = (name: string): number =>
        [first, second].filter((each) => each === name).length;
      const names = ["released", "kept", "skipped", "gone"];
      const totals = end(0, ...names.map((name) => [name, count(name)] as const));
      rig.replies.push(told(first) + told(second) + totals);
      expect(await rig.run("send", "--yes", "a.example", "b.example")).toBe(0);
      expect(rig.terminal.outText).toBe(said);
    });
  }
});
