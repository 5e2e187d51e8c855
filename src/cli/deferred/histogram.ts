/**
 * `fastflush histogram`: how old deferred mail is, by destination. Changes nothing, and asks no service.
 *
 * Recipients are counted, as qshape(1) does, in buckets each of which ends at twice the age of the one before.
 */
import type { Command } from "commander";
import { wallSeconds } from "../../effects/clock.ts";
import type { AgeRow, DeferredMail, GroupBy, MailTotals } from "../../index/deferred_mail.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { examples } from "../help_texts.ts";
import { valuesLine } from "../json_lines.ts";
import { countText, numberText } from "../printable.ts";
import { ROWS_SHOWN_MAX } from "../table.ts";
import { LIMITS_MINUTES } from "./age_limits.ts";
import { type AgeTable, heatTable } from "./age_table.ts";
import {
  addQueryOptions,
  byOption,
  type MailQuery,
  parseQuery,
  type QueryOptions,
} from "./mail_query.ts";
import { GROUPINGS, nothingText, omittedText } from "./mail_words.ts";
import { plainAgeTable } from "./plain_age_table.ts";
import { printUnreadable, readMail, statusText } from "./read_mail.ts";

const MINUTE_SECONDS = 60;

interface HistogramOptions extends QueryOptions {
  readonly by: GroupBy;
  readonly plain?: true;
}

/** Adds the command. */
export function addHistogram(program: Command, perform: Perform): void {
  const command = program
    .command("histogram")
    .summary("show how old deferred mail is, by destination")
    .description(
      "Counts the recipients that wait, by destination and by the time since their message arrived: under 10m are " +
        "those of 5 minutes or more and less than 10, and so on, T is all. The most come first. Changes nothing, and " +
        "needs no flush service.",
    )
    .addOption(byOption())
    .option("--plain", "in the shape of qshape(1)'s output, for scripts");
  const shown = `lines (default: ${numberText(ROWS_SHOWN_MAX)}; with --plain or --json, all)`;
  addQueryOptions(command, "[pattern...]", shown)
    .addHelpText(
      "after",
      examples([
        ["fastflush histogram", "how long mail has been waiting, and for whom"],
        ["fastflush histogram --by parent --limit 20", "the twenty worst domains with all below"],
        ["fastflush histogram --plain", "where a script expects qshape deferred"],
      ]),
    )
    .action((words: string[], options: HistogramOptions) => {
      const query = parseQuery(words, options);
      return perform((tools) => histogram(tools, query, options));
    });
}

async function histogram(
  tools: CommandTools,
  query: MailQuery,
  options: HistogramOptions,
): Promise<number> {
  return await readMail(tools, query, ({ mail, filter, totals }) => {
    // Whole seconds: less than five minutes is at most this.
    const limits = LIMITS_MINUTES.map((minutes) => minutes * MINUTE_SECONDS - 1);
    const rows = mail
      .ages(options.by, filter, wallSeconds(tools.clock), limits)
      .toSorted(worstFirst);
    const table: AgeTable = {
      by: options.by,
      limitsMinutes: LIMITS_MINUTES,
      total: sumOf(rows),
      rows: rows.slice(
        0,
        query.limit ?? (options.plain || options.json ? rows.length : ROWS_SHOWN_MAX),
      ),
      rowCount: rows.length,
    };
    if (options.json) {
      printLines(tools, mail, table, totals);
    } else if (options.plain) {
      tools.terminal.out(plainAgeTable(table));
    } else {
      show(tools, table, totals, query.text);
    }
  });
}

/** Of as many recipients, the shorter name first, as qshape(1) does. */
function worstFirst(one: AgeRow, other: AgeRow): number {
  return (
    recipientCount(other) - recipientCount(one) ||
    one.name.length - other.name.length ||
    (one.name < other.name ? -1 : 1)
  );
}

function recipientCount({ counts }: { readonly counts: readonly number[] }): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function sumOf(rows: readonly AgeRow[]): number[] {
  const none = [...LIMITS_MINUTES, 0].map(() => 0);
  return rows.reduce(
    (sum, { counts }) => sum.map((count, index) => count + (counts[index] ?? 0)),
    none,
  );
}

function show(
  { terminal }: CommandTools,
  table: AgeTable,
  totals: MailTotals,
  queryText: string,
): void {
  if (table.rowCount === 0) {
    terminal.out(nothingText(queryText));
    return;
  }
  const { noun } = GROUPINGS[table.by];
  terminal.out(heatTable(table, terminal));
  if (table.rowCount > table.rows.length) {
    terminal.out(omittedText(table.rowCount, table.rows.length, noun));
  }
  const recipients = countText(totals.recipientCount, "recipient");
  const messages = countText(totals.messageCount, "deferred message");
  terminal.out(
    `In all ${recipients} of ${messages} at ${countText(table.rowCount, noun)}, by the time since arrival.\n`,
  );
}

function printLines(
  tools: CommandTools,
  mail: DeferredMail,
  table: AgeTable,
  totals: MailTotals,
): void {
  const { terminal } = tools;
  const limits = table.limitsMinutes.map((minutes) => minutes * MINUTE_SECONDS);
  terminal.out(valuesLine("histogram", "ages", { limits }));
  for (const { name, counts } of table.rows) {
    const recipients = recipientCount({ counts });
    terminal.out(valuesLine("histogram", "destination", { name, recipients, counts }));
  }
  printUnreadable(tools, "histogram", mail);
  const end = valuesLine("histogram", "end", {
    status: statusText(totals),
    destinations: table.rowCount,
    omitted: table.rowCount - table.rows.length,
    messages: totals.messageCount,
    recipients: totals.recipientCount,
    counts: table.total,
    unreadable: totals.unreadableCount,
  });
  terminal.out(end);
}
