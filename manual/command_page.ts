/**
 * fastflush(1), the manual page of the operator's command.
 *
 * Commands, their options, examples and exit statuses are those that `--help` shows, read from the same commander
 * definitions; what `--json` prints and what doctor finds come from the tables that the program itself goes by. Only
 * what help has no room for is written for the page (command_notes.ts).
 */
import type { Command } from "commander";
import { FIELDS } from "../src/cli/json_lines.ts";
import { createProgram } from "../src/cli/program.ts";
import { KINDS } from "../src/doctor/kinds.ts";
import {
  COMMAND_NOTES,
  DESCRIPTION,
  ENVIRONMENT,
  FILES,
  INDEX,
  JSON_NOTES,
  JSON_VALUES,
} from "./command_notes.ts";
import { optionItem, shownOptions, synopsis } from "./command_syntax.ts";
import { type HelpSection, helpSections } from "./help_sections.ts";
import { argument, columns, escaped, paragraphs, prose, section, tagged } from "./mdoc.ts";
import { AUTHORS, pageHead } from "./page_head.ts";

const STATUSES = "Exit status:";
const EXAMPLES = "Examples:";

/** The page, as mdoc. */
export function commandPage(): string {
  const program = createProgram({ out() {}, err() {} }, async () => {});
  const sections = helpSections(program);
  return [
    pageHead("FASTFLUSH", 1),
    section(
      "NAME",
      ".Nm fastflush\n.Nd see and send the deferred mail of Postfix by destination\n",
    ),
    section("SYNOPSIS", programSynopsis(program)),
    section("DESCRIPTION", paragraphs([program.description(), ...DESCRIPTION])),
    section("OPTIONS", options(program)),
    section("COMMANDS", commands(program)),
    section("FINDINGS OF DOCTOR", findings()),
    section("JSON", json()),
    section("THE INDEX", paragraphs(INDEX)),
    section("ENVIRONMENT", listOf(ENVIRONMENT, "Ev")),
    section("FILES", listOf(FILES, "Pa")),
    section("EXIT STATUS", statuses(sections)),
    section("EXAMPLES", examples(sections)),
    section("SEE ALSO", SEE_ALSO),
    section("HISTORY", paragraphs([HISTORY])),
    section("AUTHORS", AUTHORS),
  ].join("");
}

const SEE_ALSO = [
  "mailq 1",
  "postqueue 1",
  "postsuper 1",
  "qshape 1",
  "postconf 5",
  "fastflush-flush 8",
  "qmgr 8",
]
  .map((page, at, all) => `.Xr ${page}${at < all.length - 1 ? " ," : ""}\n`)
  .join("");

const HISTORY =
  "The command works with Postfix 3.5 and later, with its own flush service or with fastflush's.";

function programSynopsis(program: Command): string {
  return [
    ".Nm\n.Op Fl c Ar directory\n.Op Fl \\&-cache-dir Ar directory\n.Op Fl \\&-fresh\n.Ar command\n.Op Ar argument ...\n",
    ...program.commands.map((command) => `.Nm\n${synopsis(command)}`),
  ].join("");
}

function options(program: Command): string {
  const help = program.createHelp();
  return tagged(help.visibleOptions(program).map((option) => optionItem(help, option)));
}

function commands(program: Command): string {
  let heading = "";
  return program.commands
    .map((command) => {
      const group = command.helpGroup();
      const begin = group === heading ? "" : `.Ss ${escaped(group.replace(/:$/, ""))}\n`;
      heading = group;
      return begin + commandText(command);
    })
    .join("");
}

/** A command: what it does, its arguments and options, its examples. How it is called stands in the synopsis. */
function commandText(command: Command): string {
  const notes: Readonly<Record<string, readonly string[]>> = COMMAND_NOTES;
  const help = command.createHelp();
  const args = command.registeredArguments
    .filter(({ description }) => description !== "")
    .map((each) => ({
      head: `Ar ${argument(each.name())}`,
      body: prose(sentence(help.argumentDescription(each))),
    }));
  const items = [...args, ...shownOptions(command).map((option) => optionItem(help, option))];
  const body = [
    prose(command.description()),
    paragraphs(notes[command.name()] ?? []),
    items.length === 0 ? "" : tagged(items),
    ...helpSections(command).map(sectionText),
  ].join("");
  return tagged([{ head: `Cm ${argument(command.name())}`, body }]);
}

/** A section of a command's help within its text. */
function sectionText({ heading, rows }: HelpSection): string {
  return rows.length === 0 ? paragraphs([heading]) : paragraphs([heading]) + exampleLines(rows);
}

function exampleLines(rows: HelpSection["rows"]): string {
  return tagged(
    rows.map(([line, does]) => ({ head: `Li ${argument(line)}`, body: prose(sentence(does)) })),
  );
}

function examples(sections: readonly HelpSection[]): string {
  return exampleLines(rowsOf(sections, EXAMPLES));
}

function statuses(sections: readonly HelpSection[]): string {
  const rows = rowsOf(sections, STATUSES);
  return [
    paragraphs(["A contract for scripts: no number ever changes its meaning."]),
    columns(
      rows.map(([number, means]) => ({ head: number, body: prose(sentence(means)) })),
      "00",
    ),
  ].join("");
}

function rowsOf(sections: readonly HelpSection[], heading: string): HelpSection["rows"] {
  return sections.find((each) => each.heading === heading)?.rows ?? [];
}

function findings(): string {
  const items = Object.entries(KINDS).map(([id, { severity, when, why }]) => ({
    head: `Li ${argument(id)} Pq ${severity}`,
    body: prose(`${sentence(when)} ${why}`),
  }));
  return (
    paragraphs(["The names are a contract with scripts, as exit statuses are."]) + tagged(items)
  );
}

/** What `--json` prints, by command and item. */
function json(): string {
  const lines = Object.entries(FIELDS).flatMap(([command, items]) =>
    Object.entries(items).map(
      ([item, fields]) =>
        `.It Cm ${command} Li ${argument(item)}\n${prose(`${memberText(fields)}.`)}`,
    ),
  );
  return `${paragraphs(JSON_NOTES)}.Bl -tag -width Ds\n${lines.join("")}.El\n${paragraphs(JSON_VALUES)}`;
}

function memberText(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, type]) => `\`${name}\` ${type}`)
    .join(", ");
}

function listOf(rows: ReadonlyArray<readonly [string, string]>, macro: string): string {
  return tagged(
    rows.map(([name, what]) => ({ head: `${macro} ${argument(name)}`, body: prose(what) })),
  );
}

/** Help begins small and ends without a point; a page doesn't. */
function sentence(text: string): string {
  const whole = /[.:?!]$/.test(text) ? text : `${text}.`;
  // Names such as master.cf stay as they are.
  return /^[a-z]+[ ,]/.test(whole) ? whole.charAt(0).toUpperCase() + whole.slice(1) : whole;
}
