/** Whether two say the same about deferred mail: every answer, with several filters, but why a file is no message. */
import { expect } from "bun:test";
import type { DeferredMail, GroupBy, MailFilter } from "../../src/index/deferred_mail.ts";

const ALL: MailFilter = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };
const BY: readonly GroupBy[] = ["site", "parent", "relay"];
const LIMITS_SECONDS = [300, 600, 1200];

const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  one.name < other.name ? -1 : 1;

/** Filters around a time of arrival. */
function filtersAround(seconds: number): readonly MailFilter[] {
  return [
    ALL,
    { ...ALL, isOfSite: (site) => site.startsWith("s1") || site === "" },
    { ...ALL, isOfReason: (reason) => /timed out|^$/.test(reason) },
    { ...ALL, arrivedBySeconds: seconds },
    {
      isOfSite: (site) => site.endsWith(".com"),
      isOfReason: (reason) => reason.startsWith("4.4.1"),
      arrivedBySeconds: seconds,
    },
    { ...ALL, isOfSite: () => false },
  ];
}

/** Each message with its groups, in an order. */
function membershipsOf(mail: DeferredMail, by: GroupBy): readonly string[] {
  const lines: string[] = [];
  mail.memberships(by, (queueId, groups) => {
    lines.push([queueId, ...groups.toSorted()].join(" "));
  });
  return lines.sort();
}

/** Everything that can be asked. */
function answersOf(mail: DeferredMail, nowSeconds: number): unknown {
  const unreadable = mail.unreadable(3).map(({ path }) => path);
  const answers = filtersAround(nowSeconds - 600).map((filter) => ({
    totals: mail.totals(filter),
    messages: [...mail.messages(filter)],
    groups: BY.map((by) => mail.groups(by, filter).toSorted(byName)),
    ages: BY.map((by) => mail.ages(by, filter, nowSeconds, LIMITS_SECONDS).toSorted(byName)),
  }));
  return { unreadable, answers, memberships: BY.map((by) => membershipsOf(mail, by)) };
}

/** Fails unless both give the same answers. */
export function expectSameMail(mail: DeferredMail, right: DeferredMail, nowSeconds: number): void {
  expect(answersOf(mail, nowSeconds)).toEqual(answersOf(right, nowSeconds));
}
