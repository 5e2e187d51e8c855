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

/** A page as one reads it, with one blank between any two words. */
async function rendered(name: string): Promise<string> {
  const { stdout } = await run(["mandoc", "-T", "ascii", "-O", "width=900", join(FOLDER, name)]);
  // Backspaces make bold and underlined letters.
  return stdout.replaceAll(/.\x08/g, "").replaceAll(/\s+/g, " ");
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
  const text = (await rendered("fastflush-flush.8")).replaceAll(/['"`]/g, "");
  const rows: readonly ParameterRow[] = Object.values(PARAMETERS);
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) {
    const shown = row.default === null ? "the machine decides" : row.default || "empty";
    expect(text).toContain(` ${row.name} (${shown}) ${row.doc.replaceAll(/['"`]/g, "")}`);
  }
});

test.each(ENTRY_ARGUMENTS)("the service takes %s", (option) => {
  expect(() => parseOptions("flush", ["-zt", "unix", ...option.split(" ")])).not.toThrow();
});

test("the command's page has each command with its options and examples", async () => {
  const text = await rendered("fastflush.1");
  const program = createProgram({ out() {}, err() {} }, async () => {});
  expect(program.commands.length).toBeGreaterThan(12);
  for (const command of program.commands) {
    expect(text).toContain(` ${command.name()} ${command.description().slice(0, 40)}`);
    for (const { description } of command.registeredArguments) {
      expect(text).toContain(description.slice(1));
    }
    for (const { short, long, description } of command.options.filter((each) => !each.hidden)) {
      expect(text).toContain([short, long].filter(Boolean).join(", "));
      expect(text).toContain(description.slice(1));
    }
    const examples = helpSections(command).find(({ heading }) => heading === "Examples:");
    expect(examples?.rows.length).toBeGreaterThan(0);
    for (const [line, does] of examples?.rows ?? []) {
      expect(text).toContain(`${line} ${does.charAt(0).toUpperCase()}${does.slice(1)}`);
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
    expect(statuses.toLowerCase()).toContain(` ${status} ${means.toLowerCase()}`);
  }
  for (const [id, { severity }] of Object.entries(KINDS)) {
    expect(text).toContain(` ${id} (${severity}) `);
  }
});
