/**
 * `fastflush sites`: what is recorded, a log a line, the longest first.
 */
import type { Command } from "commander";
import type { ReportItem } from "../../client/ask.ts";
import { wallSeconds } from "../../effects/clock.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { ageText, countText, numberText, printable, sizeText } from "../printable.ts";
import { endOfRun, printJsonEnd, runRequests } from "../run_requests.ts";
import { tableText } from "../table.ts";

const COLUMNS = [
  { heading: "ENTRIES", isNumber: true },
  { heading: "LOG SIZE", isNumber: true },
  { heading: "LAST ADDED", isNumber: true },
  { heading: "LAST FLUSHED", isNumber: true },
  { heading: "SITES" },
] as const;

const UNKNOWN = "-";

interface Log {
  readonly entries: number;
  readonly cells: readonly string[];
}

/** Adds the command. */
export function addSites(program: Command, perform: Perform): void {
  program
    .command("sites")
    .summary("show the sites whose deferred mail is recorded")
    .description(
      "Shows the sites whose deferred mail is recorded, with the number of entries: a message that was deferred " +
        "for the site has one. Changes nothing.",
    )
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples([
        ["fastflush sites", "what is recorded"],
        ["fastflush sites --json", "the same for a program, a log a line"],
      ]),
    )
    .action(({ json = false }: { json?: boolean }) => perform((tools) => sites(tools, json)));
}

async function sites(tools: CommandTools, json: boolean): Promise<number> {
  const logs: Log[] = [];
  const nowSeconds = wallSeconds(tools.clock);
  const onItem = (item: ReportItem): void => {
    if (item.item === "site") {
      logs.push(logOf(item.attributes, nowSeconds));
    }
  };
  const sum = await runRequests(tools, [{ name: "sites" }], { command: "sites", json, onItem });
  if (json) {
    printJsonEnd(tools, "sites", sum);
  } else if (sum.totals !== null) {
    show(tools, logs, sum.totals);
  }
  return endOfRun(tools, sum);
}

function logOf(attributes: ReadonlyMap<string, string>, nowSeconds: number): Log {
  const value = (name: string): string => attributes.get(name) ?? "";
  const ago = (name: string): string =>
    value(name) === "" ? UNKNOWN : `${ageText(nowSeconds - Number(value(name)))} ago`;
  const entries = Number(value("entries"));
  const names = value("names").split(",").map(printable).join(", ");
  // The messages at its beginning are gone: the log's name is all there is.
  const shown = names === "" ? `(log ${printable(value("logfile"))})` : names;
  const cells = [numberText(entries), sizeText(Number(value("bytes"))), ago("added"), ago("sent")];
  return { entries, cells: [...cells, shown] };
}

function show({ terminal }: CommandTools, logs: Log[], totals: ReadonlyMap<string, number>): void {
  if (logs.length === 0) {
    terminal.out(
      "Nothing is recorded: no mail was deferred for the sites of fast_flush_domains.\n",
    );
    return;
  }
  logs.sort((one, other) => other.entries - one.entries);
  const rows = logs.map(({ cells }) => cells);
  terminal.out(tableText(COLUMNS, rows));
  const total = `${countText(totals.get("entries") ?? 0, "entry", "entries")} in ${countText(totals.get("logs") ?? 0, "log")}`;
  terminal.out(`${total}, ${sizeText(totals.get("bytes") ?? 0)}.\n`);
}
