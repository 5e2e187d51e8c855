/**
 * `fastflush release`: releases mail from hold, whoever has put it there. Not to be confused with `send`, which releases
 * deferred mail for delivery.
 */
import type { Command } from "commander";
import { type ChangeTools, changeMessages } from "../../holding/change_messages.ts";
import { forgetHolds } from "../../holding/end_holds.ts";
import type { HoldFolder } from "../../holding/hold_folder.ts";
import type { QueueId } from "../../names/names.ts";
import { commandOn } from "../command_on.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { isAgreed } from "../consent.ts";
import { examples } from "../help_texts.ts";
import { countText } from "../printable.ts";
import { withChoice } from "../release/preview.ts";
import { addSelection, parseSelection } from "../release/selection.ts";
import { type ChangeSteps, runChange } from "./change_command.ts";
import { addChangeOptions, type ChangeOptions, changeOrder } from "./change_order.ts";
import { holdFolder, tellFault } from "./holds.ts";

/** Adds the command. */
export function addRelease(program: Command, perform: Perform): void {
  const command = program
    .command("release")
    .summary("release mail from hold")
    .description(
      "Releases mail from hold, whoever has put it there, by means of postsuper(1): it is deferred then, and tried when " +
        "it is due. Ends the time of what hold --for has put on hold. Asks first. For root.",
    );
  addChangeOptions(addSelection(command, "all mail on hold"), "release")
    .addHelpText(
      "after",
      examples([
        ["fastflush release example.com", "its mail is tried again"],
        ["fastflush release --all --dry-run", "show what would be released"],
        ["fastflush release example.com --yes && fastflush send example.com --yes", "and now"],
      ]),
    )
    .action((sites: string[], options: ChangeOptions) => {
      const selection = parseSelection(sites, options);
      const order = changeOrder("release", true, sites, options);
      return perform((tools) =>
        withChoice(tools, selection, (choice) =>
          runChange(tools, choice, order, releaseSteps(tools, holdFolder(tools, options.stateDir))),
        ),
      );
    });
}

function releaseSteps(tools: CommandTools, folder: HoldFolder): ChangeSteps {
  const fastflush = commandOn("fastflush", tools.instance.configDirectory);
  return {
    alsoMeant: new Set(),
    agree: ({ targets }) =>
      isAgreed(tools, `Release ${countText(targets.length, "message")} from hold?`),
    act: takeOut(tools, folder, "release"),
    doneText: (count) =>
      count === 0
        ? ""
        : `${countText(count, "message")} released from hold, and deferred again: tried when due, or now by ${fastflush} send.\n`,
    totals: () => new Map(),
  };
}

/** Takes messages out of hold, or out of the queue: nothing is kept of their holds then. */
export function takeOut(
  { instance, terminal }: CommandTools,
  folder: HoldFolder,
  change: "release" | "delete",
): ChangeSteps["act"] {
  return async (changing: ChangeTools, targets, how) => {
    const done = new Set<QueueId>();
    const trouble = await changeMessages(changing, change, targets, {
      shouldStop: how.shouldStop,
      onOutcome: (target, outcome) => {
        how.onOutcome(target, outcome);
        if (outcome === "done" && target.queue === "hold") {
          done.add(target.queueId);
        }
      },
    });
    if (done.size > 0) {
      await forgetHolds(folder, instance.queueDirectory, done).catch((caught: unknown) => {
        // What was done has to be told all the same. When its time comes it is not on hold any more, and is forgotten then.
        tellFault(terminal, caught);
      });
    }
    return trouble;
  };
}
