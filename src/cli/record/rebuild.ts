/**
 * `fastflush rebuild`: completes the record from the queue files, and cleans it. No message is touched.
 */
import type { Command } from "commander";
import type { ReportItem } from "../../client/ask.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { countText, numberText } from "../printable.ts";
import { Progress } from "../progress.ts";
import { endOfRun, printJsonEnd, runRequests } from "../run_requests.ts";
import { compactionText } from "./compact.ts";

/** Adds the command. */
export function addRebuild(program: Command, perform: Perform): void {
  program
    .command("rebuild")
    .summary("complete the record from the queue")
    .description(
      "Reads all messages in the deferred queue and records those that are not recorded; then does what compact " +
        "does. No message is touched: only the record changes. For after a restore, or a change of " +
        "fast_flush_domains.",
    )
    .option(...JSON_OPTION)
    .addHelpText("after", examples([["fastflush rebuild", "the whole record"]]))
    .action(({ json = false }: { json?: boolean }) => perform((tools) => rebuild(tools, json)));
}

async function rebuild(tools: CommandTools, json: boolean): Promise<number> {
  const progress = new Progress(tools);
  const onItem = ({ item, attributes }: ReportItem): void => {
    if (item === "progress") {
      const done = Number(attributes.get("done"));
      const isReading = attributes.has("added");
      progress.show(
        isReading ? `${countText(done, "message")} read` : `${countText(done, "log")} looked at`,
      );
    }
  };
  const options = { command: "rebuild", json, onItem } as const;
  const sum = await runRequests(tools, [{ name: "rebuild" }], options);
  progress.clear();
  if (json) {
    printJsonEnd(tools, "rebuild", sum);
  } else if (sum.totals !== null) {
    tools.terminal.out(rebuildText(sum.totals) + compactionText(sum.totals));
  }
  return endOfRun(tools, sum);
}

/** What a rebuild added, in a line. */
export function rebuildText(totals: ReadonlyMap<string, number>): string {
  const unreadable = totals.get("unreadable") ?? 0;
  const but = unreadable > 0 ? `; ${numberText(unreadable)} more could not be read` : "";
  const read = countText((totals.get("messages") ?? 0) - unreadable, "deferred message");
  const added = countText(totals.get("added") ?? 0, "missing entry", "missing entries");
  return `Read ${read}${but}. ${added} added to the record.\n`;
}
