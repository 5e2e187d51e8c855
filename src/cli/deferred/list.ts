/**
 * `fastflush list`: deferred mail by destination, a line each. Changes nothing, and asks no service.
 */
import { type Command, Option } from "commander";
import { wallSeconds } from "../../effects/clock.ts";
import type { DeferredMail, GroupBy, MailGroup, MailTotals } from "../../index/deferred_mail.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { examples } from "../help_texts.ts";
import { valuesLine } from "../json_lines.ts";
import { ageText, countText, numberText, sizeText } from "../printable.ts";
import { ROWS_SHOWN_MAX, tableText } from "../table.ts";
import {
  addQueryOptions,
  byOption,
  type MailQuery,
  parseQuery,
  type QueryOptions,
} from "./mail_query.ts";
import {
  GROUPINGS,
  groupText,
  nextTryText,
  nothingText,
  omittedText,
  reasonText,
} from "./mail_words.ts";
import { printUnreadable, readMail, statusText } from "./read_mail.ts";

type Compare = (one: MailGroup, other: MailGroup) => number;

/** What the list can be sorted by, each in the direction in which one looks for trouble. */
const ORDERS = {
  messages: (one, other) => other.messageCount - one.messageCount,
  size: (one, other) => other.sizeBytes - one.sizeBytes,
  oldest: (one, other) => one.oldestSeconds - other.oldestSeconds,
  next: (one, other) => one.nextTrySeconds - other.nextTrySeconds,
  destination: (one, other) => compareText(one.name, other.name),
  recipients: (one, other) => other.recipientCount - one.recipientCount,
  reason: (one, other) => compareText(one.topReason, other.topReason),
} as const satisfies Readonly<Record<string, Compare>>;

type Order = keyof typeof ORDERS;

/** What stays of a destination on a narrow terminal: enough to know it by. */
const NAME_COLUMNS_MIN = 24;
/** The reason is what one looks for here: with less of it, it gets a line of its own. */
const REASON_COLUMNS_MIN = 40;

interface ListOptions extends QueryOptions {
  readonly by: GroupBy;
  readonly sort: Order;
  readonly reverse?: true;
}

/** Adds the command. */
export function addList(program: Command, perform: Perform): void {
  const command = program
    .command("list")
    .summary("show deferred mail by destination")
    .description(
      "Shows deferred mail by destination: messages, their size, how long ago the oldest arrived, when the next is " +
        "tried again, and the reason that most recipients wait for. Changes nothing, and needs no flush service.",
    )
    .addOption(byOption())
    .addOption(
      new Option("--sort <column>", "what comes first: most, largest, oldest, soonest, A to Z")
        .choices(Object.keys(ORDERS))
        .default("messages"),
    )
    .option("--reverse", "what would come last, first");
  addQueryOptions(
    command,
    "[pattern...]",
    `lines (default: ${numberText(ROWS_SHOWN_MAX)}; with --json, all)`,
  )
    .addHelpText(
      "after",
      examples([
        ["fastflush list", "what is deferred, and why"],
        ["fastflush list @example.com --older 1h", "of a domain and below, for an hour or longer"],
        ["fastflush list --by relay --reason 'timed out'", "which hosts do not answer"],
        ["fastflush list --sort next --limit 10", "what Postfix tries next"],
      ]),
    )
    .action((words: string[], options: ListOptions) => {
      const query = parseQuery(words, options);
      return perform((tools) => list(tools, query, options));
    });
}

async function list(
  tools: CommandTools,
  query: MailQuery,
  { by, sort, reverse, json }: ListOptions,
): Promise<number> {
  return await readMail(tools, query, ({ mail, filter, totals }) => {
    const groups = sorted(mail.groups(by, filter), ORDERS[sort], reverse === true);
    const shown = groups.slice(0, query.limit ?? (json ? groups.length : ROWS_SHOWN_MAX));
    if (json) {
      printLines(tools, mail, shown, groups.length, totals);
    } else {
      show(tools, by, shown, groups.length, totals, query.text);
    }
  });
}

/** Of those that are alike, the one with more messages comes first, then the first by name. */
function sorted(groups: readonly MailGroup[], order: Compare, isReversed: boolean): MailGroup[] {
  return groups.toSorted(
    (one, other) =>
      (isReversed ? order(other, one) : order(one, other)) ||
      ORDERS.messages(one, other) ||
      ORDERS.destination(one, other),
  );
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function show(
  { terminal, clock }: CommandTools,
  by: GroupBy,
  shown: readonly MailGroup[],
  groupCount: number,
  totals: MailTotals,
  queryText: string,
): void {
  if (groupCount === 0) {
    terminal.out(nothingText(queryText));
    return;
  }
  const nowSeconds = wallSeconds(clock);
  const { heading, noun } = GROUPINGS[by];
  const columns = [
    { heading: "MESSAGES", isNumber: true },
    { heading: "SIZE", isNumber: true },
    { heading: "OLDEST", isNumber: true },
    { heading: "NEXT TRY", isNumber: true },
    { heading, mayBeCut: "in the middle", keepsColumns: NAME_COLUMNS_MIN },
    {
      heading: "RECIPIENTS: MOST COMMON REASON",
      mayBeCut: true,
      keepsColumns: REASON_COLUMNS_MIN,
      mayStandBelow: true,
    },
  ] as const;
  const rows = shown.map((group) => cellsOf(by, group, nowSeconds));
  terminal.out(tableText(columns, rows, terminal.outColumns));
  if (groupCount > shown.length) {
    terminal.out(omittedText(groupCount, shown.length, noun));
  }
  terminal.out(totalsText(totals, countText(groupCount, noun), nowSeconds));
}

function cellsOf(by: GroupBy, group: MailGroup, nowSeconds: number): string[] {
  const { topReasonCount, recipientCount } = group;
  return [
    numberText(group.messageCount),
    sizeText(group.sizeBytes),
    ageText(nowSeconds - group.oldestSeconds),
    nextTryText(group.nextTrySeconds, nowSeconds),
    groupText(by, group.name),
    `${numberText(topReasonCount)} of ${numberText(recipientCount)}: ${reasonText(group.topReason)}`,
  ];
}

function totalsText(totals: MailTotals, destinations: string, nowSeconds: number): string {
  const { messageCount, recipientCount, sizeBytes, oldestSeconds, nextTrySeconds } = totals;
  const messages = countText(messageCount, "deferred message");
  const recipients = countText(recipientCount, "recipient");
  const oldest = oldestSeconds === null ? "" : ageText(nowSeconds - oldestSeconds);
  const next = nextTrySeconds === null ? "" : nextTryText(nextTrySeconds, nowSeconds);
  return (
    `In all ${messages} (each counted once) to ${recipients} at ${destinations}, ${sizeText(sizeBytes)}. ` +
    `The oldest arrived ${oldest} ago, the next try is ${next}.\n`
  );
}

function printLines(
  tools: CommandTools,
  mail: DeferredMail,
  shown: readonly MailGroup[],
  groupCount: number,
  totals: MailTotals,
): void {
  const { terminal } = tools;
  const lines = shown.map((group) =>
    valuesLine("list", "destination", {
      name: group.name,
      messages: group.messageCount,
      recipients: group.recipientCount,
      bytes: group.sizeBytes,
      oldest: group.oldestSeconds,
      next_try: group.nextTrySeconds,
      reason: group.topReason,
      reason_recipients: group.topReasonCount,
    }),
  );
  terminal.out(lines.join(""));
  printUnreadable(tools, "list", mail);
  const end = valuesLine("list", "end", {
    status: statusText(totals),
    destinations: groupCount,
    omitted: groupCount - shown.length,
    messages: totals.messageCount,
    recipients: totals.recipientCount,
    bytes: totals.sizeBytes,
    oldest: totals.oldestSeconds,
    next_try: totals.nextTrySeconds,
    unreadable: totals.unreadableCount,
  });
  terminal.out(end);
}
