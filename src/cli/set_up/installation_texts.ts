/**
 * What an installation or its removal is going to do, and did, in lines of text. Pure.
 */
import type { InstallationPlan } from "../../installation/install.ts";
import { changedLines } from "../../installation/trial.ts";
import type { RemovalPlan } from "../../installation/uninstall.ts";
import { commandOn } from "../command_on.ts";
import { printable } from "../printable.ts";

/** Why a setting is changed. */
const WHY: Readonly<Record<string, string>> = {
  max_use:
    "so many clients one process serves, as starting it anew takes time; not unlimited, as a short life ends " +
    "whatever went wrong in it",
  fast_flush_domains: "every destination is recorded, so that each can be flushed by itself",
  smtpd_etrn_restrictions: "otherwise anybody could have all mail tried again (ETRN)",
  fast_flush_refresh_time:
    "what nobody has flushed for so long is tried again out of turn, which with every destination recorded is much",
};

/** What stands for a tab: wherever it would end, it parts words. */
const TAB = "  ";

/** How an installation came out. */
export type InstallOutcome = "current" | "planned" | "declined" | "installed" | "updated";

/** How a removal came out. */
export type UninstallOutcome = "planned" | "declined" | "uninstalled";

/** What is going to be done. */
export function installationLines(plan: InstallationPlan): string[] {
  const { survey, changedFiles } = plan;
  return [
    headingOf(plan),
    ...programLines(plan),
    ...changedFiles.flatMap((name) => {
      const path = printable(`${survey.configDirectory}/${name}`);
      const copy = plan.copies[name];
      const kept = copy === undefined ? [] : [`- ${path} is kept as it is now: ${printable(copy)}`];
      const lines = changedLines(survey.files[name].text, plan.after[name]);
      return [...kept, `- ${path} is changed:`, ...lines.map(shownLine)];
    }),
    ...[...plan.settings, ...(plan.maxUse === null ? [] : [plan.maxUse])].map(
      ({ name }) => `  (${name}: ${WHY[name] ?? ""})`,
    ),
    ...reloadLines(plan),
  ];
}

/** A line of a file, indented. */
function shownLine(line: string): string {
  return `    ${printable(line.replace(/\t/g, TAB))}`;
}

function headingOf({ survey }: InstallationPlan | RemovalPlan): string {
  const running = survey.masterPid === null ? "not running" : "running";
  return printable(
    `${survey.configDirectory}: Postfix ${survey.parameters.mail_version}, ${running}`,
  );
}

function programLines({ program, programPath, source }: InstallationPlan): string[] {
  const [path, from] = [printable(programPath), printable(source)];
  switch (program) {
    case "current":
      return [];
    case "new":
      return [
        `- ${path} is made: a copy of ${from}, which is started once to see that it can run here`,
      ];
    case "update":
      return [`- ${path} is replaced: by a copy of ${from}, which is started once before`];
  }
}

function reloadLines({ survey, program, changedFiles }: InstallationPlan): string[] {
  if (program === "current" && changedFiles.length === 0) {
    return [];
  }
  return survey.masterPid === null
    ? ["- Postfix does not run: it takes this up when it starts"]
    : ["- Postfix reloads, and the service must answer; otherwise all is taken back"];
}

/** What was done. */
export function resultLine(plan: InstallationPlan, outcome: InstallOutcome): string {
  const fastflush = commandOn("fastflush", plan.survey.configDirectory);
  const isRunning = plan.survey.masterPid !== null;
  switch (outcome) {
    case "current":
      return "Already installed and up to date: nothing was changed.";
    case "planned":
      return "Nothing was changed: this was a dry run.";
    case "declined":
      return "Nothing was changed.";
    case "updated":
      return isRunning ? "Updated: the service answers." : "Updated.";
    case "installed":
      return (
        (isRunning
          ? "Installed: fastflush's service answers."
          : "Installed: fastflush serves when Postfix starts, and completes the record at its first wake-up.") +
        ` "${fastflush} uninstall" puts all back as it was.`
      );
  }
}

/** What a removal is going to do. */
export function removalLines(plan: RemovalPlan): string[] {
  const { survey, otherUsers } = plan;
  const where = (name: string): string => printable(`${survey.configDirectory}/${name}`);
  return [
    headingOf(plan),
    ...plan.restored.map((name) => `- ${where(name)} gets the bytes back that it had before`),
    ...plan.edited.flatMap((name) => [
      `- ${where(name)} was changed since by somebody else: only what fastflush put in is taken out:`,
      ...changedLines(survey.files[name].text, plan.after[name]).map(shownLine),
    ]),
    ...plan.stays.map((each) => `- this stays, as fastflush did not set it so: ${printable(each)}`),
    ...(survey.masterPid === null || plan.restored.length + plan.edited.length === 0
      ? []
      : ["- Postfix reloads, and its own flush service must answer; otherwise all is taken back"]),
    otherUsers.length === 0
      ? `- ${printable(plan.programPath)} is removed`
      : `- ${printable(plan.programPath)} stays: ${printable(otherUsers.join(", "))} uses it too`,
    "- the record stays, and all mail",
  ];
}

/** What a removal did. */
export function removalResultLine({ survey }: RemovalPlan, outcome: UninstallOutcome): string {
  switch (outcome) {
    case "planned":
      return "Nothing was changed: this was a dry run.";
    case "declined":
      return "Nothing was changed.";
    case "uninstalled":
      return survey.masterPid === null
        ? "Uninstalled: Postfix's own flush service serves when Postfix starts."
        : "Uninstalled: Postfix's own flush service answers.";
  }
}
