/** Sums over more groups than a batch has, in the order in which batches come. */
import { expect, test } from "bun:test";
import { STAMP_WORDS } from "../effects/quick_looks.ts";
import { BatchBuilder, BatchFacts } from "./batch.ts";
import { GroupSums } from "./group_sums.ts";

/** A batch of so many messages, each to a site of its own, of which the first arrives at `arrivalSeconds`. */
function factsOf(count: number, arrivalSeconds: number): BatchFacts {
  const builder = new BatchBuilder();
  for (let number = 0; number < count; number++) {
    const site = `s${number}.example`;
    builder.add(`1A${10_000 + number}`, new Uint32Array(STAMP_WORDS), 0, {
      queueId: `1A${10_000 + number}`,
      sender: "",
      arrivalSeconds: arrivalSeconds + number,
      sizeBytes: 10,
      nextTrySeconds: 0,
      recipients: [{ address: `u@${site}`, site, status: "4.4.1", reason: "refused" }],
    });
  }
  return new BatchFacts(builder.build().facts);
}

test("more groups than there was room for", () => {
  const sums = new GroupSums();
  for (const [count, arrivalSeconds] of [
    [100, 5000],
    [600, 2000],
  ] as const) {
    const facts = factsOf(count, arrivalSeconds);
    const all = Uint32Array.from({ length: count }, (_, index) => index);
    const grouping = { keys: facts.siteOfRecipient, groups: sums.names.ofAll(facts.sites) };
    const selection = { recipients: all, messages: all };
    sums.add(facts, selection, grouping, sums.names.texts.length);
  }
  const groups = sums.groups();
  expect(groups).toHaveLength(600);
  for (const [number, group] of groups.entries()) {
    const messageCount = number < 100 ? 2 : 1;
    expect(group).toMatchObject({
      name: `s${number}.example`,
      messageCount,
      recipientCount: messageCount,
      sizeBytes: 10 * messageCount,
      oldestSeconds: 2000 + number,
      topReasonCount: messageCount,
    });
  }
});

test("a message with many recipients at one site is one message there, whichever group that is", () => {
  const sums = new GroupSums();
  const count = 600;
  const facts = factsOf(count, 5000);
  // Each recipient twice, one behind the other.
  const twice = Uint32Array.from({ length: 2 * count }, (_, index) => index >> 1);
  const grouping = { keys: facts.siteOfRecipient, groups: sums.names.ofAll(facts.sites) };
  sums.add(facts, { recipients: twice, messages: twice }, grouping, sums.names.texts.length);
  const counts = sums.groups().map((each) => [each.messageCount, each.recipientCount]);
  expect(counts).toEqual(Array.from({ length: count }, () => [1, 2]));
  expect(sums.totals()).toMatchObject({ messageCount: count, recipientCount: 2 * count });
});

test("totals of nothing", () => {
  expect(new GroupSums().totals()).toEqual({
    messageCount: 0,
    recipientCount: 0,
    sizeBytes: 0,
    oldestSeconds: null,
    nextTrySeconds: null,
  });
});
