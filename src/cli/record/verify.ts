/**
 * `fastflush verify`: where the record and the deferred queue differ. Changes nothing.
 */
import type { Command } from "commander";
import type { ReportItem } from "../../client/ask.ts";
import { commandOn } from "../command_on.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { EXIT } from "../exit_status.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { countText, printable } from "../printable.ts";
import { Progress } from "../progress.ts";
import { endOfRun, printJsonEnd, runRequests, type Sum } from "../run_requests.ts";
import { siteLists } from "../site_arguments.ts";
import { ROWS_SHOWN_MAX, tableText } from "../table.ts";

const COLUMNS = [{ heading: "QUEUE ID" }, { heading: "LOG" }, { heading: "DIFFERENCE" }] as const;

/** Kinds of differences: what each is, and which command mends it, and how. */
const KINDS = {
  missing: ["is deferred, and not recorded", "rebuild", "adds what is missing"],
  outdated: ["is recorded, and no longer in the queue", "compact", "cleans the record"],
  duplicate: ["is recorded more than once", "compact", "cleans the record"],
} as const;

/** Adds the command. */
export function addVerify(program: Command, perform: Perform): void {
  program
    .command("verify")
    .summary("compare the record with the deferred queue")
    .description(
      "Compares what is recorded with the messages in the deferred queue, and shows where they differ. Changes " +
        `nothing. Ends with status ${EXIT.found} if something differs.`,
    )
    .argument("[site...]", "a domain, or @domain; none: all that are recorded")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples([
        ["fastflush verify", "the whole record"],
        ["fastflush verify example.com", "that of one site"],
      ]),
    )
    .action((sites: string[], { json = false }: { json?: boolean }) => {
      const lists = siteLists(sites);
      return perform((tools) => verify(tools, lists, json));
    });
}

async function verify(
  tools: CommandTools,
  lists: readonly string[],
  json: boolean,
): Promise<number> {
  const rows: string[][] = [];
  const progress = new Progress(tools);
  const onItem = ({ item, attributes }: ReportItem): void => {
    if (item === "progress") {
      progress.show(progressText(attributes));
    } else if (item === "difference" && rows.length < ROWS_SHOWN_MAX) {
      const value = (name: string): string => printable(attributes.get(name) ?? "");
      const kind = value("kind");
      const [what = kind] = KINDS[kind as keyof typeof KINDS] ?? [];
      rows.push([value("queue_id"), value("logfile"), what]);
    }
  };
  const requests = lists.map((sites) => ({ name: "verify", sites }) as const);
  // Each request reads the whole deferred queue.
  const options = { command: "verify", json, onItem, common: ["messages"] } as const;
  const sum = await runRequests(tools, requests, options);
  progress.clear();
  const { totals } = sum;
  if (json) {
    printJsonEnd(tools, "verify", sum);
  } else if (totals !== null) {
    tools.terminal.out(rows.length > 0 ? tableText(COLUMNS, rows) : "");
    tools.terminal.out(sumText(totals, rows.length, fastflushFor(tools, sum)));
  }
  const status = endOfRun(tools, sum);
  const hasDifferences = totals !== null && differenceCount(totals) > 0;
  return status === EXIT.done && hasDifferences ? EXIT.found : status;
}

/** While the queue is read nothing is said of logs. */
function progressText(attributes: ReadonlyMap<string, string>): string {
  const logs = attributes.get("logs");
  return logs === undefined
    ? `${countText(Number(attributes.get("done")), "message")} read`
    : `${countText(Number(logs), "log")} compared`;
}

function differenceCount(totals: ReadonlyMap<string, number>): number {
  return Object.keys(KINDS).reduce((sum, kind) => sum + (totals.get(kind) ?? 0), 0);
}

/** Null where what could not be read may be what seems to be missing: nothing is to be mended by that. */
function fastflushFor({ instance }: CommandTools, { hasFailed }: Sum): string | null {
  return hasFailed ? null : commandOn("fastflush", instance.configDirectory);
}

function sumText(
  totals: ReadonlyMap<string, number>,
  shownCount: number,
  fastflush: string | null,
): string {
  const count = (name: string, ...words: [string, string?]): string =>
    countText(totals.get(name) ?? 0, ...words);
  const differences = differenceCount(totals);
  const hidden = differences - shownCount;
  const more =
    hidden > 0
      ? `${countText(hidden, "more difference")} not shown: --json prints them all.\n`
      : "";
  // Not how many logs: an empty one and the mark of a rebuild are among them.
  const recorded = `${count("entries", "entry", "entries")} of the record`;
  const looked = `Compared ${count("messages", "deferred message")} with ${recorded}`;
  if (differences === 0) {
    return `${looked}: they agree.\n`;
  }
  const kinds = Object.entries(KINDS)
    .filter(([kind]) => (totals.get(kind) ?? 0) > 0)
    .map(([kind, [, command, does]]) => {
      const remedy = fastflush === null ? "" : `: "${fastflush} ${command}" ${does}`;
      return `  ${count(kind, `${kind} entry`, `${kind} entries`)}${remedy}.\n`;
    });
  return `${more}${looked}: ${countText(differences, "difference")}.\n${kinds.join("")}`;
}
