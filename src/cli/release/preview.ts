/**
 * `fastflush preview`: what a flush would do, message by message. Changes nothing.
 */
import type { Command } from "commander";
import type { ReportItem } from "../../client/ask.ts";
import { wallSeconds } from "../../effects/clock.ts";
import type { QueueId } from "../../names/names.ts";
import { QueueIdSet } from "../../names/queue_id_set.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { OldestMessages } from "../deferred/oldest_messages.ts";
import { EXIT } from "../exit_status.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { countText, numberText } from "../printable.ts";
import { endOfRun, printJsonEnd, type Sum } from "../run_requests.ts";
import { ROWS_SHOWN_MAX, tableText } from "../table.ts";
import { Choice } from "./chosen_mail.ts";
import { addTotals, gatherPreview } from "./gather_preview.ts";
import { inDeliveryText, mailInDelivery } from "./mail_in_delivery.ts";
import { type MessageRow, messageColumns, messageRow } from "./message_rows.ts";
import { missingText } from "./missing_text.ts";
import { OtherSites } from "./other_sites.ts";
import {
  addSelection,
  parseSelection,
  type Selection,
  type SelectionOptions,
} from "./selection.ts";

const COLUMNS = messageColumns("A FLUSH WOULD");

/** What a flush would do, in a cell. */
const WOULD: Readonly<Record<string, string>> = {
  release: "release it",
  skip: "leave it: no mail for these sites",
  keep: "leave it: in active or hold",
  unreadable: "perhaps release it: can't be read",
};

/** Adds the command. */
export function addPreview(program: Command, perform: Perform): void {
  const command = program
    .command("preview")
    .summary("show what a flush would do")
    .description(
      "Shows which messages a flush would release for delivery, and which it would leave alone. Changes nothing.",
    );
  addSelection(command)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples([
        ["fastflush preview example.com", "what waits for one site"],
        [
          "fastflush preview @example.com example.net",
          "for a domain with its subdomains, and a site",
        ],
        ["fastflush preview --match '*yahoo*'", "for all sites with these letters"],
      ]),
    )
    .action((sites: string[], { json = false, ...options }: PreviewOptions) => {
      const selection = parseSelection(sites, options);
      return perform((tools) =>
        withChoice(tools, selection, (choice) => preview(tools, choice, { json })),
      );
    });
}

interface PreviewOptions extends SelectionOptions {
  readonly json?: boolean;
}

/** Works with a choice, and closes it. */
export async function withChoice<Result>(
  tools: CommandTools,
  selection: Selection,
  work: (choice: Choice) => Promise<Result>,
): Promise<Result> {
  const choice = new Choice(tools, selection);
  try {
    return await work(choice);
  } finally {
    choice.close();
  }
}

/** How to show it. */
interface PreviewHow {
  readonly json: boolean;
  readonly rowsShownMax?: number;
}

/** Shows the preview, and returns the exit status. */
export async function preview(
  tools: CommandTools,
  choice: Choice,
  how: PreviewHow,
): Promise<number> {
  const status = endOfRun(tools, await showPreview(tools, choice, how));
  const isAll = choice.missing.size === 0 && !choice.isIncomplete;
  return status === EXIT.done && !isAll ? EXIT.found : status;
}

/** Shows the preview. */
export async function showPreview(
  tools: CommandTools,
  choice: Choice,
  { json, rowsShownMax = ROWS_SHOWN_MAX }: PreviewHow,
): Promise<Sum> {
  const rows = new OldestMessages<MessageRow>(rowsShownMax);
  const others = new OtherSites();
  let count = 0;
  const nowSeconds = wallSeconds(tools.clock);
  const onItem = ({ item, attributes }: ReportItem): void => {
    // Entries without a message are counted alone: in an old log they are most, and would hide the others.
    if (item !== "message" || attributes.get("outcome") === "gone") {
      return;
    }
    count++;
    rows.take(messageRow(attributes, nowSeconds, (outcome) => WOULD[outcome] ?? outcome));
    others.take(attributes);
  };
  const told = new QueueIdSet();
  const sum = await gatherPreview(tools, choice, { command: "preview", json, onItem }, told);
  const passing =
    sum.failure === null ? await mailInDelivery(tools, choice, (id) => told.has(id)) : null;
  const inDelivery = passing?.messages.size ?? 0;
  if (json) {
    const totals = addTotals(sum.totals, new Map([["in_delivery", inDelivery]]));
    const hasFailed = sum.hasFailed || choice.isIncomplete;
    const end = sum.totals === null ? sum : { ...sum, totals };
    printJsonEnd(tools, "preview", { ...end, hasFailed });
  } else {
    const shown = rows.messages().map(({ cells }) => cells);
    show(tools, { shown, count, others, missing: choice.missing }, sum);
    tools.terminal.out(inDeliveryText(inDelivery, passing?.isComplete !== false));
  }
  return sum;
}

/** How much a flush would do: nothing is shown. */
export async function countPreview(
  tools: CommandTools,
  choice: Choice,
): Promise<{ readonly sum: Sum; readonly release: ReleaseCount; readonly others: OtherSites }> {
  const others = new OtherSites();
  const onItem = ({ item, attributes }: ReportItem): void => {
    if (item === "message") {
      others.take(attributes);
    }
  };
  const sum = await gatherPreview(tools, choice, { command: "preview", json: false, onItem });
  return { sum, release: releaseCount(sum), others };
}

/** How many messages a flush would release, as far as can be said. */
interface ReleaseCount {
  readonly messages: number;
  readonly certainty: "" | "up to " | "at least ";
}

function releaseCount({ totals, hasFailed }: Sum): ReleaseCount {
  // Of some that can't be read, only a flush decides.
  const unreadable = unreadableCount(totals);
  const messages = (totals?.get("release") ?? 0) + unreadable;
  return { messages, certainty: hasFailed ? "at least " : unreadable > 0 ? "up to " : "" };
}

function unreadableCount(totals: Sum["totals"]): number {
  return totals?.get("unreadable") ?? 0;
}

/** What is shown of messages. */
interface Shown {
  readonly shown: ReadonlyArray<readonly string[]>;
  /** So many there are. */
  readonly count: number;
  readonly others: OtherSites;
  readonly missing: ReadonlySet<QueueId>;
}

function show(
  { terminal }: CommandTools,
  { shown, count, others, missing }: Shown,
  sum: Sum,
): void {
  if (shown.length > 0) {
    terminal.out(tableText(COLUMNS, shown, terminal.outColumns));
  }
  if (count > shown.length) {
    const more = countText(count - shown.length, "more message");
    terminal.out(`${more} not shown: --json prints them all.\n`);
  }
  if (sum.totals === null) {
    return;
  }
  const gone = sum.totals.get("gone") ?? 0;
  if (count + gone === 0) {
    terminal.out("No deferred mail was found for this: a flush would release nothing.\n");
    return;
  }
  const release = countText(sum.totals.get("release") ?? 0, "message");
  const unreadable = unreadableCount(sum.totals);
  const perhaps =
    unreadable > 0 ? `, and perhaps ${numberText(unreadable)} that can't be read` : "";
  terminal.out(`A flush would release ${release} for delivery${perhaps}.\n`);
  terminal.out(others.text("It would also try"));
  if (gone > missing.size) {
    const left = countText(gone - missing.size, "message");
    terminal.out(`${left} not found: no longer in the queue.\n`);
  }
  terminal.out(missingText(missing));
}
