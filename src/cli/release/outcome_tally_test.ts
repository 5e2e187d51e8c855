/** The tables that `send --wait` ends with. */
import { expect, test } from "bun:test";
import type { Outcome, RecipientOutcome } from "../../following/outcome.ts";
import { parseQueueId } from "../../names/names.ts";
import { OutcomeTally } from "./outcome_tally.ts";

const ALL = (): boolean => true;

function outcome(site: string, what: Outcome, reason = "", status = ""): RecipientOutcome {
  const queueId = parseQueueId("A1");
  if (queueId === null) {
    throw new Error("A1");
  }
  return { queueId, address: `u@${site}`, site, outcome: what, status, reason, relay: "" };
}

test("counts recipients by destination, those in trouble first, and their reasons", () => {
  const tally = new OutcomeTally();
  const refused = "connect to mx.two.example[192.0.2.1]:25: Connection refused";
  for (const each of [
    outcome("one.example", "delivered", "ok"),
    outcome("one.example", "delivered", "ok"),
    outcome("two.example", "deferred", refused, "4.4.1"),
    outcome("two.example", "deferred", refused.replace("mx", "mx2"), "4.4.1"),
    outcome(
      "two\x1b.example",
      "bounced",
      "host mx[192.0.2.1] said: 550 5.1.1 no such user",
      "5.1.1",
    ),
    outcome("", "trying"),
  ]) {
    tally.take(each);
  }
  expect(tally.count).toBe(6);
  expect(tally.text(null, ALL)).toBe(
    [
      "DESTINATION   DELIVERED  BOUNCED  DEFERRED AGAIN  STILL TRYING",
      "two.example           0        0               2             0",
      "(no domain)           0        0               0             1",
      "two?.example          0        1               0             0",
      "one.example           2        0               0             0",
      "Of 6 recipients: 2 delivered, 1 bounced, 2 deferred again, 1 still trying.",
      "",
      "RECIPIENTS  DESTINATION   WERE            BECAUSE OF",
      "         2  two.example   deferred again  4.4.1 connect: Connection refused",
      "         1  two?.example  bounced         550 5.1.1 no such user",
      "",
      "BOUNCED  RECIPIENT       BECAUSE OF",
      "A1       u@two?.example  host mx[192.0.2.1] said: 550 5.1.1 no such user",
      "",
    ].join("\n"),
  );
});

test("who was put on hold is in trouble too", () => {
  const tally = new OutcomeTally();
  tally.take(outcome("a.example", "delivered"));
  tally.take(outcome("b.example", "left"));
  tally.take(outcome("z.example", "held"));
  const [, ...rows] = tally.text(null, ALL).split("\n");
  expect(rows.slice(0, 3).map((row) => row.split(" ")[0])).toEqual([
    "z.example",
    "a.example",
    "b.example",
  ]);
});

test("nothing of a reason acts on a terminal", () => {
  const tally = new OutcomeTally();
  tally.take(
    outcome("one.example", "bounced", "host mx[192.0.2.1] said: 550 no\xc2\x9bway", "5.0.0"),
  );
  expect(tally.text(null, ALL)).toContain("  550 no?way\n");
});

test("shows what there may always be, and nothing else, where all went well", () => {
  const tally = new OutcomeTally();
  tally.take(outcome("one.example", "delivered"));
  expect(tally.text(null, ALL)).toBe(
    [
      "DESTINATION  DELIVERED  DEFERRED AGAIN",
      "one.example          1               0",
      "Of 1 recipient: 1 delivered, 0 deferred again.",
      "",
    ].join("\n"),
  );
});

test("says how much more there is than it shows", () => {
  const tally = new OutcomeTally();
  for (let site = 0; site < 1234; site++) {
    tally.take(outcome(`s${site}.example`, "bounced", `reason of ${"x".repeat(site % 60)}`));
  }
  const lines = tally.text(null, ALL).split("\n");
  expect(lines).toContain("234 more destinations not shown: --json tells of all.");
  expect(lines.filter((line) => / bounced /.test(line))).toHaveLength(20);
  expect(lines).toContain("814 more recipients for other reasons: --json tells of all.");
  expect(lines.at(-2)).toBe(
    "1,234 recipients bounced: --json names them all, and what was said of each.",
  );
});

test("one reason of many destinations is one line, and what was tried besides is told last", () => {
  const tally = new OutcomeTally();
  for (let site = 0; site < 120; site++) {
    const down = "unable to look up host mail.example: Host not found";
    tally.take(outcome(`s${site}.example`, "deferred", down, "4.3.5"));
  }
  tally.take(outcome("z.example", "delivered"));
  const isMeant = (site: string): boolean => site === "z.example" || site === "s99.example";
  const lines = tally.text(null, isMeant).split("\n");
  expect(lines.slice(0, 5)).toEqual([
    "DESTINATION   DELIVERED  DEFERRED AGAIN",
    "s99.example           0               1",
    "z.example             1               0",
    "(also tried)",
    "s0.example            0               1",
  ]);
  expect(lines.slice(24)).toEqual([
    "99 more destinations not shown: --json tells of all.",
    "Of 121 recipients: 1 delivered, 120 deferred again.",
    "",
    "RECIPIENTS  DESTINATION       WERE            BECAUSE OF",
    "       120  120 destinations  deferred again  4.3.5 lookup: Host not found",
    "",
  ]);
});

for (const count of [20, 21]) {
  test(`${count} that bounced are ${count > 20 ? "counted" : "named"}`, () => {
    const tally = new OutcomeTally();
    for (let index = 0; index < count; index++) {
      tally.take(outcome(`s${index}.example`, "bounced", "550 no\x1b", "5.0.0"));
    }
    const text = tally.text(null, ALL);
    expect(text.match(/^A1 +u@s\d+\.example +550 no\?$/gm) ?? []).toHaveLength(
      count > 20 ? 0 : count,
    );
    expect(text.includes("21 recipients bounced: --json names them all")).toBe(count > 20);
  });
}

test("cuts reasons at a terminal's edge", () => {
  const tally = new OutcomeTally();
  tally.take(outcome("one.example", "bounced", "a reason that has many words to say", "5.1.1"));
  expect(tally.text(60, ALL)).toContain("\n         1  one.example  bounced  5.1.1 a reason that");
  const widest = Math.max(
    ...tally
      .text(60, ALL)
      .split("\n")
      .map((line) => [...line].length),
  );
  expect(widest).toBeLessThanOrEqual(60);
});
