/**
 * `fastflush uninstall`: takes the service out of a Postfix instance again; the original serves from then on.
 *
 * Says what it is going to do, and asks. Without a terminal and without `--yes` it does nothing.
 */
import type { Command } from "commander";
import { carryOutRemoval, planRemoval, type RemovalPlan } from "../../installation/uninstall.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { isAgreed, requireTerminal, YES_OPTION } from "../consent.ts";
import { EXIT } from "../exit_status.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { awaitService } from "./await_service.ts";
import { ALL_INSTANCES_OPTION, eachInstance, questionFor, requireRoot } from "./each_instance.ts";
import { removalLines, removalResultLine, type UninstallOutcome } from "./installation_texts.ts";
import type { InstanceReport } from "./instance_report.ts";

const UNDONE = {
  what: "Nothing was changed",
  verb: "uninstall",
  look: "--dry-run to see what would be done",
} as const;

interface UninstallOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly allInstances?: boolean;
  readonly json?: boolean;
}

/** Adds the command. */
export function addUninstall(program: Command, perform: Perform): void {
  program
    .command("uninstall")
    .summary("put Postfix's own flush service back")
    .description(
      "Takes fastflush's service out of Postfix: main.cf and master.cf get the bytes back that they had before " +
        "fastflush install, or, where they were changed since, lose only what that put in; Postfix reloads, and its " +
        "own flush service answers again. Then the program and the kept copies are removed. The record stays, and " +
        "so does all mail: the original goes on with both.",
    )
    .option("-n, --dry-run", "only say what would be done")
    .option(...YES_OPTION)
    .option(...ALL_INSTANCES_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples([
        ["fastflush uninstall --dry-run", "what would be done"],
        ["fastflush uninstall --yes", "from a script"],
      ]),
    )
    .action((options: UninstallOptions) => perform((tools) => uninstall(tools, options)));
}

async function uninstall(tools: CommandTools, options: UninstallOptions): Promise<number> {
  requireRoot(tools, "uninstall");
  const { dryRun = false, yes = false, json = false, allInstances = false } = options;
  if (!dryRun && !yes) {
    requireTerminal(tools.terminal, UNDONE);
  }
  return await eachInstance(tools, {
    command: "uninstall",
    allInstances,
    json,
    failed: "fastflush was not uninstalled",
    perform: (each, report) => uninstallOne(each, report, options),
  });
}

async function uninstallOne(
  tools: CommandTools,
  report: InstanceReport,
  { dryRun = false, yes = false }: UninstallOptions,
): Promise<void> {
  const plan = await planRemoval(tools, tools.instance.configDirectory);
  report.plan(removalLines(plan), !dryRun && !yes);
  const outcome: UninstallOutcome = dryRun
    ? "planned"
    : yes || (await isAgreed(tools, questionFor(tools)))
      ? "uninstalled"
      : "declined";
  if (outcome === "uninstalled") {
    await carryOutRemoval(tools, plan, () => awaitService(tools, "original"));
  }
  report.line(removalResultLine(plan, outcome));
  const status = outcome === "declined" ? EXIT.found : EXIT.done;
  report.instance(tools, { status, outcome }, attributesOf(plan));
  report.items(tools, "stays", "setting", plan.stays);
}

function attributesOf(plan: RemovalPlan): ReadonlyArray<readonly [string, string]> {
  const { configDirectory, parameters } = plan.survey;
  const paths = (names: readonly string[]): string =>
    names.map((name) => `${configDirectory}/${name}`).join(",");
  return [
    ["postfix", parameters.mail_version],
    ["program", plan.programPath],
    ["restored", paths(plan.restored)],
    ["edited", paths(plan.edited)],
  ];
}
