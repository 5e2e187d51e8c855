/**
 * `fastflush doctor`: what is wrong with a set-up, and what mends it. Changes nothing.
 */
import type { Command } from "commander";
import { type Diagnosis, examine } from "../../doctor/examine.ts";
import { type Finding, KINDS, type Severity } from "../../doctor/kinds.ts";
import { PostconfError } from "../../installation/postconf.ts";
import { encodeUtf8 } from "../../names/byte_string.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { CommandError, EXIT, type ExitStatus } from "../exit_status.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { valuesLine } from "../json_lines.ts";
import { countText, printable } from "../printable.ts";
import { namedSites, siteLists } from "../site_arguments.ts";

/** Where the text behind the severity begins. */
const INDENT = 9;

/** Adds the command. */
export function addDoctor(program: Command, perform: Perform): void {
  program
    .command("doctor")
    .summary("find what is wrong with the set-up, and what mends it")
    .description(
      "Looks for what is wrong with the flush service of this Postfix, and with what it depends on, and says which " +
        "command mends it. Changes nothing. With sites, it also says whether their mail is recorded. Run it as root: " +
        `what another user can't see is named, and the status is ${EXIT.notPermitted} then. Ends with status ` +
        `${EXIT.found} if there is an error or a warning; advice is none.`,
    )
    .argument("[site...]", "a domain, or @domain")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples([
        ["fastflush doctor", "the whole set-up"],
        ["fastflush doctor example.com", "and whether that site is recorded, or why not"],
        ["fastflush doctor --json", "the same for a program, a finding a line"],
      ]),
    )
    .action((words: string[], { json = false }: { json?: boolean }) => {
      const lists = siteLists(words);
      const sites = namedSites(words);
      return perform((tools) => doctor(tools, { lists, sites }, json));
    });
}

async function doctor(
  tools: CommandTools,
  { lists, sites }: { readonly lists: readonly string[]; readonly sites: readonly string[] },
  json: boolean,
): Promise<number> {
  const { instance, socket, terminal, machine } = tools;
  const patient = { configDirectory: instance.configDirectory, socket, sites, siteLists: lists };
  const diagnosis = await examine({ ...tools, ...machine }, patient).catch(unreadable);
  const text = json ? diagnosisJson(diagnosis) : diagnosisText(diagnosis);
  terminal.out(text);
  return diagnosisStatus(diagnosis);
}

/** How the command ends: what could not be seen may be worse than what was found. */
export function diagnosisStatus(diagnosis: Diagnosis): ExitStatus {
  if (isIncomplete(diagnosis)) {
    return EXIT.notPermitted;
  }
  return count(diagnosis, "error") + count(diagnosis, "warning") > 0 ? EXIT.found : EXIT.done;
}

function unreadable(caught: unknown): never {
  if (caught instanceof PostconfError) {
    throw new CommandError(EXIT.configuration, printable(caught.message));
  }
  throw caught;
}

function isIncomplete({ unseen }: Diagnosis): boolean {
  return unseen.some(({ isForbidden }) => isForbidden);
}

function count({ findings }: Diagnosis, severity: Severity): number {
  return findings.filter(({ id }) => KINDS[id].severity === severity).length;
}

/** For people: the findings, what could not be seen, what is good, and a sum. */
export function diagnosisText(diagnosis: Diagnosis): string {
  const { findings, wells, unseen } = diagnosis;
  const sum = [
    countText(count(diagnosis, "error"), "error"),
    countText(count(diagnosis, "warning"), "warning"),
    countText(count(diagnosis, "advice"), "piece of advice", "pieces of advice"),
  ].join(", ");
  const hidden = unseen.length === 0 ? "" : `, ${countText(unseen.length, "thing")} not seen`;
  return [
    ...findings.map(findingText),
    ...unseen.map(({ what, why, isForbidden }) =>
      paragraph(
        "not seen",
        `${printable(what)}: ${printable(why)}${isForbidden ? ". Root can" : ""}.`,
      ),
    ),
    ...wells.map((well) => paragraph("ok", printable(well))),
    `${sum}; ${countText(wells.length, "check")} found nothing wrong${hidden}.\n`,
  ].join("");
}

function findingText({ id, what, command }: Finding): string {
  const { severity, why } = KINDS[id];
  const mend = command === null ? [] : [`Run: ${printable(command)}`];
  return paragraph(severity, `${printable(what)} [${id}]`, why.replaceAll("`", '"'), ...mend);
}

function paragraph(label: string, ...lines: readonly string[]): string {
  return lines
    .map((line, index) => `${(index === 0 ? label : "").padEnd(INDENT)}${line}\n`)
    .join("");
}

/** For programs. */
export function diagnosisJson(diagnosis: Diagnosis): string {
  const { findings, wells, unseen } = diagnosis;
  return [
    ...findings.map(({ id, what, command }) => {
      const { severity, why } = KINDS[id];
      const values = { id, severity, what, why: encodeUtf8(why), command: command ?? "" };
      return valuesLine("doctor", "finding", values);
    }),
    ...unseen.map(({ what, why }) => valuesLine("doctor", "unseen", { what, why })),
    ...wells.map((what) => valuesLine("doctor", "well", { what })),
    valuesLine("doctor", "end", {
      status: isIncomplete(diagnosis) ? "failed" : "done",
      errors: count(diagnosis, "error"),
      warnings: count(diagnosis, "warning"),
      advice: count(diagnosis, "advice"),
      wells: wells.length,
      unseen: unseen.length,
    }),
  ].join("");
}
