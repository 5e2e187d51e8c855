/** Each answer of the index by itself, out of several batches, beside what is right; all at once: deferred_index_test.ts. */
import { describe, expect, test } from "bun:test";
import { IndexRig, type PlannedMessage } from "../../test/support/index_rig.ts";
import type { DeferredMail, GroupBy, MailFilter } from "./deferred_mail.ts";

const NOW_SECONDS = 1_767_225_600;
const ALL: MailFilter = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };
const BY: readonly GroupBy[] = ["site", "parent", "relay"];

interface Tried {
  readonly site: string;
  readonly status: string;
  readonly reason: string;
  readonly isDone?: true;
}

const timedOut = (site: string): Tried => {
  return {
    site,
    status: "4.4.1",
    reason: `connect to mx.${site}[192.0.2.1]:25: Connection timed out`,
  };
};
const refused = (site: string): Tried => {
  return { site, status: "4.4.1", reason: `connect to mx.${site}[192.0.2.1]:25: Refused` };
};
const busy = (site: string): Tried => {
  return {
    site,
    status: "4.7.0",
    reason: `host mx.${site}[192.0.2.1] said: 421 4.7.0 Connection timed out`,
  };
};

function message(id: string, ageSeconds: number, ...tried: readonly Tried[]): PlannedMessage {
  return {
    id,
    sender: "s@origin.example",
    arrivalSeconds: NOW_SECONDS - ageSeconds,
    nextTrySeconds: NOW_SECONDS + ageSeconds,
    lines: ["Subject: x"],
    recipients: tried.map(({ site, status, reason, isDone }, index) => {
      const address = `u${index}@${site}`;
      return {
        address,
        isDone: isDone === true,
        tries: isDone === true ? [] : [{ address, status, reason }],
      };
    }),
  };
}

/** Each message in a batch of its own, as each came alone; some have left, or are known anew. */
async function opened(): Promise<{ readonly mail: DeferredMail; readonly right: DeferredMail }> {
  const rig = new IndexRig(0);
  const open = async (): Promise<DeferredMail> => {
    rig.clock.advance(1000);
    const mail = await rig.open();
    rig.clock.advance(1000);
    return mail;
  };
  const arrivals = [
    message("F1", 100, timedOut("a.com"), timedOut("a.com"), refused("m.a.com")),
    message("E1", 300, refused("a.com")),
    message("D1", 301, busy("a.com"), { ...busy("b.com"), isDone: true }),
    message("C1", 50, refused("b.com")),
    message("B1", 600, timedOut("b.com")),
  ];
  for (const arrival of arrivals) {
    rig.arrive(arrival);
    (await open()).close();
  }
  rig.putUnreadable("A1", "nonsense");
  rig.putUnreadable("A2", "nonsense");
  (await open()).close();
  rig.files.remove(rig.path("deferred", "A2"));
  rig.unreadable.delete("A2");
  rig.leave("C1");
  return { mail: await open(), right: rig.expected() };
}

const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  one.name < other.name ? -1 : 1;

function membershipsOf(mail: DeferredMail, by: GroupBy): readonly string[][] {
  const told: string[][] = [];
  mail.memberships(by, (queueId, groups) => told.push([queueId, ...groups.toSorted()]));
  return told.sort();
}

describe("out of several batches", () => {
  for (const by of BY) {
    test(`groups by ${by}`, async () => {
      const { mail, right } = await opened();
      expect(mail.groups(by, ALL).toSorted(byName)).toEqual(right.groups(by, ALL).toSorted(byName));
    });

    test(`memberships by ${by}: each message once, with each of its groups once`, async () => {
      const { mail, right } = await opened();
      expect(membershipsOf(mail, by)).toEqual(membershipsOf(right, by));
    });

    test(`ages by ${by}: one that is a bucket's end is within`, async () => {
      const { mail, right } = await opened();
      const ages = (of: DeferredMail) =>
        of.ages(by, ALL, NOW_SECONDS, [100, 300, 599]).toSorted(byName);
      expect(ages(mail)).toEqual(ages(right));
    });
  }

  test("memberships name a group once, however many recipients a message has there", async () => {
    const { mail } = await opened();
    expect(membershipsOf(mail, "site")).toEqual([
      ["B1", "b.com"],
      ["D1", "a.com"],
      ["E1", "a.com"],
      ["F1", "a.com", "m.a.com"],
    ]);
  });

  test("totals", async () => {
    const { mail, right } = await opened();
    expect(mail.totals(ALL)).toEqual({ ...right.totals(ALL), messageCount: 4, unreadableCount: 1 });
  });

  test("files that are no messages, each with why", async () => {
    const { mail } = await opened();
    expect(mail.unreadable(9)).toEqual([
      { path: "deferred/A1", why: "truncated: the record at 0 is longer than the file" },
    ]);
  });

  test("messages, by queue ID", async () => {
    const { mail } = await opened();
    const ids = [...mail.messages(ALL)].map(({ queueId }) => queueId);
    expect(ids).toEqual(["B1", "D1", "E1", "F1"]);
  });

  test("who waits, and not who was served", async () => {
    const { mail } = await opened();
    const sites = [...mail.messages(ALL)].map(({ recipients }) =>
      recipients.map(({ site }) => site).join(" "),
    );
    expect(sites).toEqual(["b.com", "a.com", "a.com", "a.com a.com m.a.com"]);
  });

  for (const [what, filter, messages] of [
    ["a site", { ...ALL, isOfSite: (site) => site === "m.a.com" }, 1],
    ["a status", { ...ALL, isOfReason: (reason) => reason.startsWith("4.7.0 host") }, 1],
    ["who arrived then or before", { ...ALL, arrivedBySeconds: NOW_SECONDS - 301 }, 2],
  ] as const satisfies ReadonlyArray<readonly [string, MailFilter, number]>) {
    test(`only ${what}`, async () => {
      const { mail } = await opened();
      expect(mail.totals(filter).messageCount).toBe(messages);
    });
  }
});
