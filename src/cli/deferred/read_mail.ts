/**
 * What list, histogram and show have in common: deferred mail is opened, what was asked for is printed, and what could
 * not be read is told.
 */
import type { DeferredMail, MailFilter, MailTotals } from "../../index/deferred_mail.ts";
import type { CommandTools } from "../command_tools.ts";
import { EXIT } from "../exit_status.ts";
import { valuesLine } from "../json_lines.ts";
import { openMail } from "../open_mail.ts";
import { countText, printable } from "../printable.ts";
import { filterOf, type MailQuery } from "./mail_query.ts";

/** So many files that can't be read are named. */
const UNREADABLE_SHOWN = 5;
const INDENT = "    ";

/** Deferred mail, and which of it was asked for. */
export interface SelectedMail {
  readonly mail: DeferredMail;
  readonly filter: MailFilter;
  readonly totals: MailTotals;
}

/** Has it printed, and returns the exit status. Throws CommandError where the queue can't be read. */
export async function readMail(
  tools: CommandTools,
  query: MailQuery,
  print: (selected: SelectedMail) => void,
): Promise<number> {
  const mail = await openMail(tools);
  try {
    const filter = filterOf(query, tools);
    const totals = mail.totals(filter);
    print({ mail, filter, totals });
    return endOfReading(tools, mail, totals);
  } finally {
    mail.close();
  }
}

/** `status` of the end of `--json`. */
export function statusText({ unreadableCount }: MailTotals): "done" | "failed" {
  return unreadableCount > 0 ? "failed" : "done";
}

/** With `--json`, a line for each file that can't be read as a message. */
export function printUnreadable(
  { terminal }: CommandTools,
  command: "list" | "histogram" | "show",
  mail: DeferredMail,
): void {
  for (const file of mail.unreadable(Number.POSITIVE_INFINITY)) {
    terminal.out(valuesLine(command, "unreadable", { path: file.path, why: file.why }));
  }
}

function endOfReading(
  { terminal }: CommandTools,
  mail: DeferredMail,
  { unreadableCount }: MailTotals,
): number {
  if (unreadableCount === 0) {
    return EXIT.done;
  }
  terminal.err(`Not complete: ${unreadableText(mail, unreadableCount, "--json")}`);
  return EXIT.found;
}

/** How many files can't be read, and which are the first; `whole` names all. */
export function unreadableText(mail: DeferredMail, unreadableCount: number, whole: string): string {
  const files = countText(unreadableCount, "file");
  const as = unreadableCount === 1 ? "a message" : "messages";
  const lines = mail
    .unreadable(UNREADABLE_SHOWN)
    .map(({ path, why }) => `${printable(path)}: ${printable(why)}`);
  if (unreadableCount > lines.length) {
    lines.push(`and ${countText(unreadableCount - lines.length, "more file")}: ${whole} names all`);
  }
  const list = lines.map((line) => `${INDENT}${line}\n`).join("");
  return `${files} in the deferred queue can't be read as ${as}.\n${list}`;
}
