/**
 * Shows what hold, release or delete would do: all of it for a dry run, and in a few lines for whoever is asked.
 */
import { wallSeconds } from "../../effects/clock.ts";
import type { Change } from "../../holding/postsuper.ts";
import type { CommandTools } from "../command_tools.ts";
import { OldestMessages } from "../deferred/oldest_messages.ts";
import { jsonLine } from "../json_lines.ts";
import { ageText, countText, sizeText } from "../printable.ts";
import { type MessageRow, messageColumns, messageRow } from "../release/message_rows.ts";
import { ROWS_SHOWN_MAX, tableText } from "../table.ts";
import type { ChangeOrder } from "./change_order.ts";
import { type Gathered, SENDERS_MAX } from "./gather_messages.ts";
import { CHANGE_WORDS, leftText, wouldText } from "./hold_words.ts";

/** What a dry run shows; of anything else, `onMessage` does nothing. */
export interface ShownGathering {
  readonly onMessage: (attributes: ReadonlyMap<string, string>) => void;
  /** All were gathered. */
  end(gathered: Gathered, inDelivery: number, passingText: string): void;
}

/** Shows messages as they are gathered. */
export function showGathered(tools: CommandTools, order: ChangeOrder): ShownGathering {
  const { terminal } = tools;
  const { change, isDryRun, json } = order;
  const rows = new OldestMessages<MessageRow>(ROWS_SHOWN_MAX);
  const nowSeconds = wallSeconds(tools.clock);
  let count = 0;
  const onMessage = (attributes: ReadonlyMap<string, string>): void => {
    if (isDryRun && json) {
      terminal.out(jsonLine(change, "message", attributes) ?? "");
    } else if (isDryRun) {
      count++;
      rows.take(messageRow(attributes, nowSeconds, (outcome) => wouldText(change, outcome)));
    }
  };
  const end = (gathered: Gathered, inDelivery: number, passingText: string): void => {
    if (json) {
      const totals = [...gathered.left, ["in_delivery", inDelivery] as const];
      terminal.out(endLine(change, "done", gathered, totals));
      return;
    }
    const cells = rows.messages().map((row) => row.cells);
    if (cells.length > 0) {
      terminal.out(
        tableText(messageColumns(CHANGE_WORDS[change].would), cells, terminal.outColumns),
      );
    }
    if (count > cells.length) {
      const more = countText(count - cells.length, "more message");
      terminal.out(`${more} not shown: --json prints them all.\n`);
    }
    terminal.out(summaryText(gathered, order, nowSeconds));
    terminal.out(
      leftText(gathered.left, gathered.missing, CHANGE_WORDS[change].done) + passingText,
    );
  };
  return { onMessage, end };
}

/** How much it is: messages, senders, recipients, age, and whom else it touches. */
export function summaryText(
  { targets, sizeBytes, senders, recipientCount, oldestSeconds, others }: Gathered,
  { change, isHeld }: Pick<ChangeOrder, "change" | "isHeld">,
  nowSeconds: number,
): string {
  const { mail, also, done } = CHANGE_WORDS[change];
  if (targets.length === 0) {
    return `No ${mail} was found for this that could be ${done}.\n`;
  }
  const messages = countText(
    targets.length,
    isHeld ? "message on hold" : "deferred message",
    isHeld ? "messages on hold" : "deferred messages",
  );
  const many = senders.size === SENDERS_MAX ? "at least " : "";
  const of = `of ${many}${countText(senders.size, "sender")}, to ${countText(recipientCount, "recipient")}`;
  const age =
    oldestSeconds === null ? "" : `; the oldest arrived ${ageText(nowSeconds - oldestSeconds)} ago`;
  return `${messages} (${sizeText(sizeBytes)}) ${of}${age}.\n${others.text(also)}`;
}

/** The end of --json. Outcomes that there were none of are zero. */
export function endLine(
  change: Change,
  status: string,
  { targets, senders }: Pick<Gathered, "targets" | "senders">,
  totals: ReadonlyArray<readonly [string, number]>,
): string {
  const all = new Map<string, string>([
    ["status", status],
    ["messages", String(targets.length)],
    ["senders", String(senders.size)],
  ]);
  for (const name of [
    CHANGE_WORDS[change].outcome,
    "moved",
    "replaced",
    "gone",
    "failed",
    "partly",
  ]) {
    all.set(name, "0");
  }
  for (const [name, value] of totals) {
    all.set(name === "done" ? CHANGE_WORDS[change].outcome : name, String(value));
  }
  return jsonLine(change, "end", all) ?? "";
}
