/**
 * What can be typed behind `fastflush`, as commander knows it, in the form that the shells' completions are made from.
 * Pure.
 */
import type { Argument, Command, Option } from "commander";

/** What a value can be completed from; "unknown": from nothing. */
export type Values = "sites" | "files" | "directories" | "unknown" | readonly string[];

/** An option, in all its spellings. */
export interface OptionWords {
  /** With their dashes. */
  readonly names: readonly string[];
  readonly does: string;
  /** Null: it takes none. */
  readonly values: Values | null;
}

/** A command, or the program before any. */
export interface CommandWords {
  /** Empty: the program. */
  readonly name: string;
  readonly does: string;
  readonly options: readonly OptionWords[];
  /** What is behind the options. */
  readonly values: Values;
}

/** By the name that a value has in the help. */
const VALUES_BY_NAME: Readonly<Record<string, Values>> = {
  site: "sites",
  pattern: "sites",
  path: "files",
  directory: "directories",
};

/** The program, and then its commands, `help` among them. */
export function programWords(program: Command): CommandWords[] {
  const help = program.createHelp();
  return [
    { ...commandWords(program), name: "" },
    ...help.visibleCommands(program).map(commandWords),
  ];
}

function commandWords(command: Command): CommandWords {
  const help = command.createHelp();
  const [first] = command.registeredArguments;
  return {
    name: command.name(),
    does: help.subcommandDescription(command),
    options: help.visibleOptions(command).map(optionWords),
    values: first === undefined ? "unknown" : valuesOf(first),
  };
}

function optionWords(option: Option): OptionWords {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const [, value] = /[<[]([a-z]+)/.exec(option.flags) ?? [];
  const values = option.argChoices ?? VALUES_BY_NAME[value ?? ""] ?? "unknown";
  return { names, does: option.description, values: value === undefined ? null : values };
}

function valuesOf(argument: Argument): Values {
  return argument.argChoices ?? VALUES_BY_NAME[argument.name()] ?? "unknown";
}
