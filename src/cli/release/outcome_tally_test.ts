/** The tables that `send --wait` ends with. */
import { expect, test } from "bun:test";
import type { Outcome, RecipientOutcome } from "../../following/outcome.ts";
import { parseQueueId } from "../../names/names.ts";
import { OutcomeTally } from "./outcome_tally.ts";

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
  expect(tally.text(null)).toBe(
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
    ].join("\n"),
  );
});

test("nothing of a reason acts on a terminal", () => {
  const tally = new OutcomeTally();
  tally.take(
    outcome("one.example", "bounced", "host mx[192.0.2.1] said: 550 no\xc2\x9bway", "5.0.0"),
  );
  expect(tally.text(null)).toContain("  550 no?way\n");
});

test("shows what there may always be, and nothing else, where all went well", () => {
  const tally = new OutcomeTally();
  tally.take(outcome("one.example", "delivered"));
  expect(tally.text(null)).toBe(
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
  const lines = tally.text(null).split("\n");
  expect(lines).toContain("234 more destinations not shown: --json tells of all.");
  expect(lines.filter((line) => / bounced /.test(line))).toHaveLength(50);
  expect(lines.at(-2)).toBe("1,184 recipients more for other reasons.");
});

test("cuts reasons at a terminal's edge", () => {
  const tally = new OutcomeTally();
  tally.take(outcome("one.example", "bounced", "a reason that has many words to say", "5.1.1"));
  expect(tally.text(60)).toContain("\n         1  one.example  bounced  5.1.1 a reason that");
  const widest = Math.max(
    ...tally
      .text(60)
      .split("\n")
      .map((line) => [...line].length),
  );
  expect(widest).toBeLessThanOrEqual(60);
});
