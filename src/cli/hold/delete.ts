/**
 * `fastflush delete`: deletes mail from the queue, for good. Nobody is told of it, neither sender nor recipient.
 *
 * Whoever sits at a terminal has to type what is done and to how many messages: a "y" is typed too easily.
 */
import type { Command } from "commander";
import type { HoldFolder } from "../../holding/hold_folder.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { isTyped } from "../consent.ts";
import { examples } from "../help_texts.ts";
import { countText } from "../printable.ts";
import { withChoice } from "../release/preview.ts";
import { addSelection, parseSelection } from "../release/selection.ts";
import { type ChangeSteps, runChange } from "./change_command.ts";
import { addChangeOptions, type ChangeOptions, changeOrder } from "./change_order.ts";
import type { Gathered } from "./gather_messages.ts";
import { holdFolder } from "./holds.ts";
import { takeOut } from "./release.ts";

/** Adds the command. */
export function addDelete(program: Command, perform: Perform): void {
  const command = program
    .command("delete")
    .summary("delete deferred mail for good")
    .description(
      "Deletes deferred mail, or mail on hold, by means of postsuper(1), for good: nobody is told of it. Asks first for " +
        "words that have to be typed. For root.",
    );
  addChangeOptions(addSelection(command), "delete")
    .option("--held", "mail that is on hold, and not what is deferred")
    .addHelpText(
      "after",
      examples([
        ["fastflush delete example.com --dry-run", "show what would be deleted"],
        ["fastflush delete example.com --only-whole", "and nobody else's mail"],
        ["fastflush delete --held --match '*.example'", "mail on hold"],
        ['fastflush delete --id 4QABCD1 --yes --reason "spam"', "from a script"],
      ]),
    )
    .action((sites: string[], { held = false, ...options }: DeleteOptions) => {
      const selection = parseSelection(sites, options);
      const order = changeOrder("delete", held, sites, options);
      return perform((tools) =>
        withChoice(tools, selection, (choice) =>
          runChange(tools, choice, order, deleteSteps(tools, holdFolder(tools, options.stateDir))),
        ),
      );
    });
}

interface DeleteOptions extends ChangeOptions {
  readonly held?: boolean;
}

function deleteSteps(tools: CommandTools, folder: HoldFolder): ChangeSteps {
  return {
    alsoMeant: new Set(),
    agree: ({ targets, senders }: Gathered) => {
      const what = `${countText(targets.length, "message")} of ${countText(senders.size, "sender")}`;
      const question = `Delete ${what} for good? They can't be brought back.`;
      return isTyped(tools, question, `delete ${targets.length}`);
    },
    act: takeOut(tools, folder, "delete"),
    doneText: (count) => (count === 0 ? "" : `${countText(count, "message")} deleted.\n`),
    totals: () => new Map(),
  };
}
