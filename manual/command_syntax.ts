/** The syntax of a command and of its options, as commander knows them, in mdoc. Pure. */
import type { Argument, Command, Help, Option } from "commander";
import { argument, escaped, type ListItem, prose } from "./mdoc.ts";

/** The options that its help shows. */
export function shownOptions(command: Command): readonly Option[] {
  return command.options.filter(({ hidden }) => !hidden);
}

/** How a command is called: its name, options and arguments, a macro a line. */
export function synopsis(command: Command): string {
  const options = shownOptions(command).map((option) => `.Op ${flag(option)}\n`);
  const args = command.registeredArguments.map((each) => `.${argumentText(each)}\n`);
  return `.Cm ${argument(command.name())}\n${[...options, ...args].join("")}`;
}

/** An option with what help says of it. */
export function optionItem(help: Help, option: Option): ListItem {
  const both = [option.short, option.long].filter((name) => name !== undefined).map(name);
  const value = valueText(option);
  const text = help.optionDescription(option);
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return {
    head: both.map((macro) => `${macro}${value}`).join(" , "),
    body: prose(/[.)]$/.test(begun) ? begun : `${begun}.`),
  };
}

/** The shorter form, as one types it. */
function flag(option: Option): string {
  return `${name(option.short ?? option.long ?? "")}${valueText(option)}`;
}

function name(text: string): string {
  return `Fl ${text.startsWith("--") ? `\\&${escaped(text.slice(1))}` : argument(text.slice(1))}`;
}

function valueText({ flags, variadic }: Option): string {
  const [, value] = /[<[]([a-z]+)(?:\.\.\.)?[>\]]/.exec(flags) ?? [];
  return value === undefined ? "" : ` Ar ${argument(value)}${variadic ? " ..." : ""}`;
}

function argumentText(each: Argument): string {
  const text = `Ar ${argument(each.name())}${each.variadic ? " ..." : ""}`;
  return each.required ? text : `Op ${text}`;
}
