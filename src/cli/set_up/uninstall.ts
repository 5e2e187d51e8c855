/**
 * `fastflush uninstall`: takes the service out of a Postfix instance again; the original serves from then on.
 *
 * Says what it is going to do, and asks. Without a terminal and without `--yes` it does nothing.
 */
import type { Command } from "commander";
import { carryOutRemoval, planRemoval, type RemovalPlan } from "../../installation/uninstall.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { awaitService } from "./await_service.ts";
import {
  ALL_INSTANCES_OPTION,
  failureOf,
  instancesMeant,
  isAgreed,
  requireRoot,
} from "./each_instance.ts";
import { removalLines, removalResultLine, type UninstallOutcome } from "./installation_texts.ts";
import { InstanceReport } from "./instance_report.ts";

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
    .option("-y, --yes", "do not ask; needed where there is no terminal to ask at")
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
  const { dryRun = false, yes = false, json = false } = options;
  if (!dryRun && !yes && !tools.terminal.canAsk) {
    throw new CommandError(
      EXIT.usage,
      "Nothing was changed: there is no terminal to ask at. Give --yes to uninstall without being asked, or " +
        "--dry-run to see what would be done.",
    );
  }
  const report = new InstanceReport(tools, "uninstall", json);
  try {
    for (const each of await instancesMeant(tools, options.allInstances === true)) {
      await uninstallOne(each, report, options);
    }
  } catch (caught) {
    report.failure(tools, failureOf(caught), "nothing was changed");
  }
  return report.end();
}

async function uninstallOne(
  tools: CommandTools,
  report: InstanceReport,
  { dryRun = false, yes = false }: UninstallOptions,
): Promise<void> {
  try {
    const plan = await planRemoval(tools, tools.instance.configDirectory);
    for (const line of removalLines(plan)) {
      report.line(line);
    }
    const outcome: UninstallOutcome = dryRun
      ? "planned"
      : yes || isAgreed(tools)
        ? "uninstalled"
        : "declined";
    if (outcome === "uninstalled") {
      await carryOutRemoval(tools, plan, () => awaitService(tools, "original"));
    }
    report.line(removalResultLine(plan, outcome));
    const status = outcome === "declined" ? EXIT.found : EXIT.done;
    report.instance(tools, { status, outcome }, attributesOf(plan));
    report.items(tools, "stays", "setting", plan.stays);
  } catch (caught) {
    report.failure(tools, failureOf(caught), "fastflush was not uninstalled");
  }
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
