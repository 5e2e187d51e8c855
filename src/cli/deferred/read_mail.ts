/**
 * What list, histogram and show have in common: deferred mail is opened, what was asked for is printed, and what could
 * not be read is told.
 */
import type { DeferredMail, MailFilter, MailTotals } from "../../index/deferred_mail.ts";
import type { CommandTools } from "../command_tools.ts";
import { EXIT } from "../exit_status.ts";
import { openMail } from "../open_mail.ts";
import { countText } from "../printable.ts";
import { filterOf, type MailQuery } from "./mail_query.ts";

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
    return endOfReading(tools, totals);
  } finally {
    mail.close();
  }
}

/** `status` of the end of `--json`. */
export function statusText({ unreadableCount }: MailTotals): "done" | "failed" {
  return unreadableCount > 0 ? "failed" : "done";
}

function endOfReading({ terminal }: CommandTools, { unreadableCount }: MailTotals): number {
  if (unreadableCount === 0) {
    return EXIT.done;
  }
  const files = countText(unreadableCount, "file");
  terminal.err(`Not complete: ${files} in the deferred queue can't be read as messages.\n`);
  return EXIT.found;
}
