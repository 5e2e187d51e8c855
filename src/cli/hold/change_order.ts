/**
 * What hold, release and delete are told to do, by the options that they share. Pure.
 */
import type { Command } from "commander";
import type { Change } from "../../holding/postsuper.ts";
import { YES_OPTION } from "../consent.ts";
import { JSON_OPTION } from "../help_texts.ts";
import { parseReason } from "../reason_argument.ts";
import { type SelectionOptions, selectedText } from "../release/selection.ts";
import { CHANGE_WORDS } from "./hold_words.ts";
import { STATE_OPTION } from "./holds.ts";

/** The options that these commands share, as commander gives them. */
export interface ChangeOptions extends SelectionOptions {
  readonly onlyWhole?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
  readonly stateDir: string;
}

/** Adds the options. */
export function addChangeOptions(command: Command, change: Change): Command {
  return command
    .option("--only-whole", "leave messages alone that are for other destinations too")
    .option("-n, --dry-run", `only show ${CHANGE_WORDS[change].shown}`)
    .option(...YES_OPTION)
    .option("--reason <text>", "say why: it stands in the mail log")
    .option(...STATE_OPTION)
    .option(...JSON_OPTION);
}

/** What is to be done with what was chosen. */
export interface ChangeOrder {
  readonly change: Change;
  /** Mail that is on hold is meant, and not what is deferred. */
  readonly isHeld: boolean;
  readonly isWhole: boolean;
  readonly isDryRun: boolean;
  readonly isAsked: boolean;
  /** Byte strings. */
  readonly reason: string;
  readonly selected: string;
  readonly json: boolean;
}

/** What was asked for. Throws CommandError. */
export function changeOrder(
  change: Change,
  isHeld: boolean,
  sites: readonly string[],
  options: ChangeOptions,
): ChangeOrder {
  const { onlyWhole = false, dryRun = false, yes = false, reason = "", json = false } = options;
  return {
    change,
    isHeld,
    isWhole: onlyWhole,
    isDryRun: dryRun,
    isAsked: !yes,
    reason: parseReason(reason, undoneText(change)),
    selected: selectedText(sites, options),
    json,
  };
}

/** `Nothing was put on hold`. */
export function undoneText(change: Change): string {
  return `Nothing was ${CHANGE_WORDS[change].done}`;
}
