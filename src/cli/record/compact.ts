/**
 * `fastflush compact`: takes out of the record what is of no use there. No message is touched.
 */
import type { Command } from "commander";
import type { ReportItem } from "../../client/ask.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { countText } from "../printable.ts";
import { Progress } from "../progress.ts";
import { endOfRun, printJsonEnd, runRequests } from "../run_requests.ts";
import { siteLists } from "../site_arguments.ts";

/** Adds the command. */
export function addCompact(program: Command, perform: Perform): void {
  program
    .command("compact")
    .summary("clean the record of outdated entries")
    .description(
      "Takes entries out of the record whose message is no longer in the queue, and repeated ones. No message is " +
        "touched: only the record changes. The service does this by itself now and then.",
    )
    .argument("[site...]", "a domain, or @domain; none: all that are recorded")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples([
        ["fastflush compact", "the whole record"],
        ["fastflush compact example.com", "that of one site"],
      ]),
    )
    .action((sites: string[], { json = false }: { json?: boolean }) => {
      const lists = siteLists(sites);
      return perform((tools) => compact(tools, lists, json));
    });
}

async function compact(
  tools: CommandTools,
  lists: readonly string[],
  json: boolean,
): Promise<number> {
  const progress = new Progress(tools);
  const onItem = ({ item, attributes }: ReportItem): void => {
    if (item === "progress") {
      progress.show(`${countText(Number(attributes.get("done")), "log")} looked at`);
    }
  };
  const requests = lists.map((sites) => ({ name: "compact", sites }) as const);
  const sum = await runRequests(tools, requests, { command: "compact", json, onItem });
  progress.clear();
  if (json) {
    printJsonEnd(tools, "compact", sum);
  } else if (sum.totals !== null) {
    tools.terminal.out(compactionText(sum.totals));
  }
  return endOfRun(tools, sum);
}

/** What a compaction did, in a few lines. */
export function compactionText(totals: ReadonlyMap<string, number>): string {
  const count = (name: string, ...words: [string, string?]): string =>
    countText(totals.get(name) ?? 0, ...words);
  const stays = `${count("kept", "entry stays", "entries stay")} recorded. No message was touched.\n`;
  if ((totals.get("removed") ?? 0) === 0) {
    return `Nothing to take out of the record. ${stays}`;
  }
  const whats = [
    ["gone", `${count("gone", "entry", "entries")} of messages that are no longer in the queue`],
    ["repeated", count("repeated", "repeated entry", "repeated entries")],
    ["bad", `${count("bad", "line")} that name no message`],
  ].flatMap(([name = "", what = ""]) => ((totals.get(name) ?? 0) > 0 ? [what] : []));
  return `Took out of the record, from ${count("logs", "log")}: ${whats.join(", ")}. ${stays}`;
}
