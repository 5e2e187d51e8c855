/** Deferred mail in memory, each answer by hand: it is what the real index is compared with. */
import { describe, expect, test } from "bun:test";
import type { DeferredMessage, MailFilter, WaitingRecipient } from "./deferred_mail.ts";
import { MessagesInMemory } from "./messages_in_memory.ts";

const ALL: MailFilter = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };

const refused = (address: string, site: string): WaitingRecipient => ({
  address,
  site,
  status: "4.4.1",
  reason: `connect to mx.${site}[192.0.2.1]:25: Connection refused`,
});
const greylisted = (address: string, site: string): WaitingRecipient => ({
  address,
  site,
  status: "4.2.0",
  reason: `host mx.${site}[192.0.2.1] said: 450 4.2.0 Greylisted (in reply to RCPT TO command)`,
});
const untried = (address: string, site: string): WaitingRecipient => ({
  address,
  site,
  status: "",
  reason: "",
});

function message(queueId: string, recipients: readonly WaitingRecipient[]): DeferredMessage {
  const number = Number(queueId.slice(1));
  return {
    queueId,
    sender: "s@origin.example",
    arrivalSeconds: 1000 + number,
    sizeBytes: 10 ** number,
    nextTrySeconds: 5000 - number,
    recipients,
  };
}

const MAIL = new MessagesInMemory(
  [
    message("A2", [refused("a@m.one.com", "m.one.com"), greylisted("b@m.one.com", "m.one.com")]),
    message("A1", [refused("c@one.com", "one.com"), refused("d@two.com", "two.com")]),
    message("A3", [greylisted("e@m.one.com", "m.one.com"), untried("f@[192.0.2.1]", "")]),
    message("A4", []),
  ],
  [7, 6, 5, 4, 3, 2, 1].map((number) => ({ path: `deferred/B${number}`, why: `${number}` })),
);

/** Names of groups with their messages and recipients. */
function counts(by: "site" | "parent" | "relay", filter: MailFilter = ALL): Record<string, string> {
  const groups = MAIL.groups(by, filter);
  return Object.fromEntries(
    groups.map((group) => [group.name, `${group.messageCount}/${group.recipientCount}`]),
  );
}

describe("groups", () => {
  test("by site, parent and relay, each message once in a group", () => {
    expect(counts("site")).toEqual({
      "m.one.com": "2/3",
      "one.com": "1/1",
      "two.com": "1/1",
      "": "1/1",
    });
    expect(counts("parent")).toEqual({ "one.com": "3/4", "two.com": "1/1", "": "1/1" });
    expect(counts("relay")).toEqual({
      "mx.m.one.com": "2/3",
      "mx.one.com": "1/1",
      "mx.two.com": "1/1",
      "": "1/1",
    });
  });

  test("have sizes, the oldest arrival, the next try and the reason of most recipients", () => {
    expect(MAIL.groups("site", ALL).find(({ name }) => name === "m.one.com")).toEqual({
      name: "m.one.com",
      messageCount: 2,
      recipientCount: 3,
      sizeBytes: 1100,
      oldestSeconds: 1002,
      nextTrySeconds: 4997,
      topReason: "450 4.2.0 Greylisted",
      topReasonCount: 2,
    });
  });

  test("of reasons that are as frequent, the first by its text is told", () => {
    const filter = {
      ...ALL,
      arrivedBySeconds: 1002,
      isOfSite: (site: string) => site === "m.one.com",
    };
    expect(MAIL.groups("site", filter)).toMatchObject([
      { topReason: "4.4.1 connect: Connection refused", topReasonCount: 1 },
    ]);
  });
});

describe("filters", () => {
  test("by site: other recipients of the message do not count", () => {
    expect(counts("site", { ...ALL, isOfSite: (site) => site === "two.com" })).toEqual({
      "two.com": "1/1",
    });
  });

  test("by reason: the status, a blank and the text; nothing where nothing is known", () => {
    const asked: string[] = [];
    const isOfReason = (reason: string): boolean => {
      asked.push(reason);
      return reason.startsWith("4.2.0 host");
    };
    expect(counts("site", { ...ALL, isOfReason })).toEqual({ "m.one.com": "2/2" });
    expect(asked).toContain("");
  });

  test("by arrival: at this time or before", () => {
    expect(counts("site", { ...ALL, arrivedBySeconds: 1001 })).toEqual({
      "one.com": "1/1",
      "two.com": "1/1",
    });
    expect(counts("site", { ...ALL, arrivedBySeconds: 1000 })).toEqual({});
  });
});

describe("totals", () => {
  test("count each message once", () => {
    expect(MAIL.totals(ALL)).toEqual({
      messageCount: 3,
      recipientCount: 6,
      sizeBytes: 1110,
      oldestSeconds: 1001,
      nextTrySeconds: 4997,
      unreadableCount: 7,
    });
  });

  test("of nothing know no times", () => {
    const none = { messageCount: 0, recipientCount: 0, sizeBytes: 0 };
    expect(MAIL.totals({ ...ALL, isOfSite: () => false })).toEqual({
      ...none,
      oldestSeconds: null,
      nextTrySeconds: null,
      unreadableCount: 7,
    });
  });
});

test("files that are no messages, the first ones by path", () => {
  expect(MAIL.unreadable(2)).toEqual([
    { path: "deferred/B1", why: "1" },
    { path: "deferred/B2", why: "2" },
  ]);
});

test("ages count recipients: an age that is a limit is within it", () => {
  const rows = MAIL.ages("parent", ALL, 1012, [9, 10]);
  expect(Object.fromEntries(rows.map(({ name, counts }) => [name, counts]))).toEqual({
    "one.com": [1, 2, 1],
    "two.com": [0, 0, 1],
    "": [1, 0, 0],
  });
});

test("messages come by queue ID, with all their recipients", () => {
  const filter = { ...ALL, isOfSite: (site: string) => site !== "m.one.com" };
  expect(
    [...MAIL.messages(filter)].map(({ queueId, recipients }) => [queueId, recipients.length]),
  ).toEqual([
    ["A1", 2],
    ["A3", 2],
  ]);
});
