/**
 * The manual pages say what the program does: each is what its source makes today, mandoc has nothing to warn of, and what
 * is rendered has every command, option, example, exit status and parameter.
 */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../lab/run.ts";
import { EXIT } from "../src/cli/exit_status.ts";
import { createProgram } from "../src/cli/program.ts";
import type { ParameterRow } from "../src/config/parameter_rows.ts";
import { PARAMETERS } from "../src/config/parameters.ts";
import { KINDS } from "../src/doctor/kinds.ts";
import { parseOptions } from "../src/master/options.ts";
import { ENTRY_ARGUMENTS } from "./flush_page.ts";
import { helpSections } from "./help_sections.ts";
import { PAGES } from "./pages.ts";

const FOLDER = join(import.meta.dir, "..", "docs", "man");

/** What mandoc says of where it runs: of the pages that are installed there, and of what NetBSD is used to. */
const OF_THE_MACHINE =
  /: STYLE: (?:referenced manual not found|operating system explicitly specified): |^mandoc: outdated mandoc\.db /;

/** The sections of the original's page, and what ours are called. */
const SECTIONS = {
  NAME: "NAME",
  SYNOPSIS: "SYNOPSIS",
  DESCRIPTION: "DESCRIPTION",
  SECURITY: "SECURITY CONSIDERATIONS",
  DIAGNOSTICS: "DIAGNOSTICS",
  BUGS: "BUGS",
  "CONFIGURATION PARAMETERS": "CONFIGURATION PARAMETERS",
  FILES: "FILES",
  "SEE ALSO": "SEE ALSO",
  "README FILES": "README FILES",
  LICENSE: "LICENSE",
  HISTORY: "HISTORY",
  "AUTHOR(S)": "AUTHORS",
} as const;

/** The parameters on the original's page. */
const ORIGINAL_PARAMETERS =
  "config_directory daemon_timeout fast_flush_domains fast_flush_refresh_time fast_flush_purge_time ipc_timeout " +
  "max_idle max_use parent_domain_matches_subdomains process_id process_name queue_directory service_name " +
  "syslog_facility syslog_name";

/** A page as one reads it, with one blank between any two words, and without quotes. */
async function rendered(name: string): Promise<string> {
  const { stdout } = await run(["mandoc", "-T", "ascii", "-O", "width=900", join(FOLDER, name)]);
  // Backspaces make bold and underlined letters.
  return unquoted(stdout.replaceAll(/.\x08/g, "").replaceAll(/\s+/g, " "));
}

/** Without quotes, which help and page have in different forms. */
function unquoted(text: string): string {
  return text.replaceAll(/['"`]/g, "");
}

describe.each(Object.entries(PAGES))("%s", (name, page) => {
  test('is what its source makes: "npm run manual" writes it anew', () => {
    expect(readFileSync(join(FOLDER, name), "utf8")).toBe(page());
  });

  test("mandoc warns of nothing, down to its style", async () => {
    const { stdout, stderr } = await run([
      "mandoc",
      "-T",
      "lint",
      "-W",
      "style",
      join(FOLDER, name),
    ]);
    const said = (stdout + stderr).split("\n").filter((line) => line !== "");
    expect(said.filter((line) => !OF_THE_MACHINE.test(line))).toEqual([]);
  });
});

test("the service's page has all that the original's has", async () => {
  const source = readFileSync(join(FOLDER, "fastflush-flush.8"), "utf8");
  const headings = [...source.matchAll(/^\.Sh (.*)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(expect.arrayContaining(Object.values(SECTIONS)));
  const text = await rendered("fastflush-flush.8");
  const missing = ORIGINAL_PARAMETERS.split(" ").filter((name) => !text.includes(` ${name} (`));
  expect(missing).toEqual([]);
});

test("the service's page has each parameter with its default and what it is for", async () => {
  const text = await rendered("fastflush-flush.8");
  const rows: readonly ParameterRow[] = Object.values(PARAMETERS);
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) {
    const shown = row.default === null ? "the machine decides" : row.default || "empty";
    expect(text).toContain(
      unquoted(` ${row.name} (${shown}) ${row.doc} ${boundsOf(row)}`).trimEnd(),
    );
  }
});

const TIME_UNITS = { s: "seconds", m: "minutes", h: "hours", d: "days", w: "weeks" } as const;

/** What a value must be, as far as the table says it in numbers. */
function boundsOf(row: ParameterRow): string {
  switch (row.kind) {
    case "time":
      return `A time of at least ${row.minimum} second, in ${TIME_UNITS[row.unit]} unless`;
    case "integer":
      return `A whole number from ${row.minimum} on.`;
    default:
      return "";
  }
}

test.each(ENTRY_ARGUMENTS)("the service takes %s", (option) => {
  expect(() => parseOptions("flush", ["-zt", "unix", ...option.split(" ")])).not.toThrow();
});

test("the command's page has each command with its options and examples", async () => {
  const text = await rendered("fastflush.1");
  const program = createProgram({ out() {}, err() {} }, async () => {});
  expect(program.commands.length).toBeGreaterThan(12);
  for (const command of program.commands) {
    expect(text).toContain(unquoted(` ${command.name()} ${command.description()}`));
    const help = command.createHelp();
    for (const argument of command.registeredArguments) {
      expect(text).toContain(unquoted(help.argumentDescription(argument)).slice(1));
    }
    for (const option of command.options.filter((each) => !each.hidden)) {
      expect(text).toContain([option.short, option.long].filter(Boolean).join(", "));
      expect(text).toContain(unquoted(help.optionDescription(option)).slice(1));
    }
    const examples = helpSections(command).find(({ heading }) => heading === "Examples:");
    expect(examples?.rows.length).toBeGreaterThan(0);
    for (const [line, does] of examples?.rows ?? []) {
      const sentence = `${does.charAt(0).toUpperCase()}${does.slice(1)}`;
      expect(text).toContain(unquoted(`${line} ${sentence}`));
    }
  }
});

test("the command's page has each exit status and each finding of doctor", async () => {
  const text = await rendered("fastflush.1");
  const statuses = text.slice(text.indexOf("EXIT STATUS"));
  const program = createProgram({ out() {}, err() {} }, async () => {});
  const said = helpSections(program).find(({ heading }) => heading === "Exit status:")?.rows ?? [];
  expect(said.map(([status]) => Number(status))).toEqual(Object.values(EXIT));
  for (const [status, means] of said) {
    expect(statuses.toLowerCase()).toContain(unquoted(` ${status} ${means.toLowerCase()}`));
  }
  for (const [id, { severity, when, why }] of Object.entries(KINDS)) {
    const sentences = when.replace(/[.]?$/, ".");
    expect(text.toLowerCase()).toContain(
      unquoted(` ${id} (${severity}) ${sentences} ${why}`).toLowerCase(),
    );
  }
});
