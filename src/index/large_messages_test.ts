/** Messages that are larger than others, and batches that are full: nothing is lost at their edges. */
import { expect, test } from "bun:test";
import { IndexRig, type PlannedMessage } from "../../test/support/index_rig.ts";
import { expectSameMail } from "../../test/support/same_mail.ts";

const NOW_SECONDS = 1_767_225_600;

function messageTo(id: string, addresses: readonly string[], reason: string): PlannedMessage {
  return {
    id,
    sender: "s@origin.example",
    arrivalSeconds: NOW_SECONDS - 500,
    nextTrySeconds: NOW_SECONDS + 500,
    lines: [],
    recipients: addresses.map((address) => {
      return { address, tries: [{ address, status: "4.4.1", reason }] };
    }),
  };
}

function addresses(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `u${number}@s${number % 7}.example`);
}

test("20,000 recipients are told, and the messages around them", async () => {
  const rig = new IndexRig(0);
  for (const [id, count] of [
    ["1A00001", 1],
    ["1A00002", 20_000],
    ["1A00003", 2],
  ] as const) {
    rig.arrive(messageTo(id, addresses(count), "Connection refused"));
  }
  rig.clock.advance(1000);
  const mail = await rig.open();
  const all = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };
  expect(mail.totals(all)).toMatchObject({ messageCount: 3, recipientCount: 20_003 });
  expect(mail.groups("site", all).map(({ recipientCount }) => recipientCount)).toHaveLength(7);
  expect([...mail.messages(all)].map(({ recipients }) => recipients.length)).toEqual([
    1, 20_000, 2,
  ]);
  expect(rig.store?.batches().map(({ live }) => live.length)).toEqual([2, 1]);
});

test("more recipients than are read make a message unreadable", async () => {
  const rig = new IndexRig(0);
  rig.arrive(messageTo("1A00001", addresses(20_001), "Connection refused"));
  const all = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };
  expect((await rig.open()).totals(all)).toMatchObject({ messageCount: 0, unreadableCount: 1 });
});

test("reasons that are long, and a defer file that is not small", async () => {
  const rig = new IndexRig(1);
  for (let number = 0; number < 5; number++) {
    const long = `${number} ${"reason ".repeat(5000)}`.trim();
    rig.arrive(messageTo(`1A0000${number}`, ["u@one.example", "v@two.example"], long));
  }
  expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
});

test("a directory with more messages than a batch takes", async () => {
  const rig = new IndexRig(0);
  for (let number = 0; number < 9000; number++) {
    const id = `1A${String(number).padStart(6, "0")}`;
    rig.arrive(messageTo(id, [`u@s${number % 5}.example`], "Connection refused"));
  }
  rig.clock.advance(1000);
  const all = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };
  (await rig.open()).close();
  expect(rig.store?.batches().map(({ live }) => live.length)).toEqual([8192, 808]);
  rig.leave("1A000000");
  rig.leave("1A008999");
  rig.clock.advance(1000);
  const mail = await rig.open();
  expect(mail.totals(all).messageCount).toBe(8998);
  expect([...mail.messages(all)].length).toBe(8998);
  // What is left of both batches is still used.
  expect(rig.store?.batches()).toHaveLength(2);
});
