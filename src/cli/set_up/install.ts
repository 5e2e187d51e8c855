/**
 * `fastflush install`: puts the service into a Postfix instance, or brings it up to date there.
 *
 * Says what it is going to do, and asks. Without a terminal and without `--yes` it does nothing. What is done is done
 * whole, or taken back (installation/install.ts).
 */
import { type Command, InvalidArgumentError } from "commander";
import {
  carryOutInstallation,
  EVERY_DESTINATION,
  type InstallationPlan,
  isUpToDate,
  MAX_USE,
  planInstallation,
} from "../../installation/install.ts";
import { requireStart } from "../../installation/program_trial.ts";
import { encodeUtf8 } from "../../names/byte_string.ts";
import { commandOn } from "../command_on.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { isAgreed, requireTerminal, YES_OPTION } from "../consent.ts";
import { EXIT } from "../exit_status.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { numberText } from "../printable.ts";
import { rebuildText } from "../record/rebuild.ts";
import { endOfRun, runRequests } from "../run_requests.ts";
import { awaitService } from "./await_service.ts";
import { ALL_INSTANCES_OPTION, eachInstance, questionFor, requireRoot } from "./each_instance.ts";
import { type InstallOutcome, installationLines, resultLine } from "./installation_texts.ts";
import type { InstanceReport } from "./instance_report.ts";

/** The largest number of clients that Postfix takes for max_use. */
const MAX_USE_MAX = 2_147_483_647;

const UNDONE = {
  what: "Nothing was changed",
  verb: "install",
  look: "--dry-run to see what would be done",
} as const;

interface InstallOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly program?: string;
  readonly maxUse?: number;
  readonly everyDestination?: boolean;
  readonly allInstances?: boolean;
  readonly json?: boolean;
}

/** Adds the command. */
export function addInstall(program: Command, perform: Perform): void {
  program
    .command("install")
    .summary("put fastflush's service into Postfix, or update it")
    .description(
      "Puts fastflush's service in the place of Postfix's own flush service: copies the program into Postfix's " +
        "daemon directory, starts it once to see that it can run here, changes the command of the entry in " +
        "master.cf, has Postfix reload, sees that the service answers, and has the record completed from the " +
        "deferred queue. Keeps copies of what it changes; fastflush uninstall puts them back. Where a step fails, " +
        "all is taken back. Where the service is in already, its program is updated. No message is touched.",
    )
    .option("-n, --dry-run", "only say what would be done")
    .option(...YES_OPTION)
    .option(
      "--program <path>",
      "the service's program; otherwise the file flush beside fastflush itself",
    )
    .option(
      "--max-use <count>",
      `clients that one process serves; otherwise ${numberText(MAX_USE)}, unless the entry has a number of its own`,
      parseMaxUse,
    )
    .option(
      "--every-destination",
      `have all destinations recorded (fast_flush_domains=${EVERY_DESTINATION.fast_flush_domains}), with ETRN for ` +
        "your own networks only, and a longer fast_flush_refresh_time",
    )
    .option(...ALL_INSTANCES_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples([
        ["fastflush install --dry-run", "what would be done"],
        ["fastflush install --every-destination", "for flushing by any destination"],
        ["fastflush -c /etc/postfix-out install", "in another Postfix instance"],
        ["fastflush install --all-instances --yes", "in all of them, from a script"],
      ]),
    )
    .action((options: InstallOptions) => perform((tools) => install(tools, options)));
}

function parseMaxUse(text: string): number {
  const count = Number(text);
  if (!/^[0-9]+$/.test(text) || count < 1 || count > MAX_USE_MAX) {
    throw new InvalidArgumentError("It is a whole number of clients from 1 on.");
  }
  return count;
}

async function install(tools: CommandTools, options: InstallOptions): Promise<number> {
  requireRoot(tools, "install");
  const { dryRun = false, yes = false, json = false, allInstances = false } = options;
  if (!dryRun && !yes) {
    requireTerminal(tools.terminal, UNDONE);
  }
  return await eachInstance(tools, {
    command: "install",
    allInstances,
    json,
    failed: "fastflush was not installed",
    perform: (each, report) => installOne(each, report, options),
  });
}

async function installOne(
  tools: CommandTools,
  report: InstanceReport,
  options: InstallOptions,
): Promise<void> {
  const plan = await planInstallation(tools, tools.instance.configDirectory, {
    wish: {
      maxUse: options.maxUse ?? null,
      everyDestination: options.everyDestination === true,
    },
    source: sourceOf(tools, options.program),
    date: dateOf(tools),
  });
  const isAsked = options.yes !== true && options.dryRun !== true && !isUpToDate(plan);
  report.plan(installationLines(plan), isAsked);
  const outcome = await carryOut(tools, plan, options);
  const status = outcome === "declined" ? EXIT.found : EXIT.done;
  report.line(resultLine(plan, outcome));
  const rebuilt = await completeRecord(tools, report, plan, outcome);
  report.instance(tools, { status, outcome }, [...attributesOf(plan), ...rebuilt]);
  if (outcome !== "planned" && outcome !== "declined") {
    await report.advice(tools);
  }
}

async function carryOut(
  tools: CommandTools,
  plan: InstallationPlan,
  { dryRun = false, yes = false }: InstallOptions,
): Promise<InstallOutcome> {
  if (isUpToDate(plan)) {
    return "current";
  }
  if (dryRun) {
    await requireStart(tools, plan.source, plan.survey.configDirectory);
    return "planned";
  }
  if (!yes && !(await isAgreed(tools, questionFor(tools)))) {
    return "declined";
  }
  await carryOutInstallation(tools, plan, () => awaitService(tools, "fastflush"));
  return plan.changesEntry ? "installed" : "updated";
}

/** A record that is not complete yet is no failure: each wake-up goes on with it. */
async function completeRecord(
  tools: CommandTools,
  report: InstanceReport,
  { survey, changesEntry, settings }: InstallationPlan,
  outcome: InstallOutcome,
): Promise<ReadonlyArray<readonly [string, string]>> {
  const isDue = changesEntry || settings.length > 0;
  if ((outcome !== "installed" && outcome !== "updated") || !isDue || survey.masterPid === null) {
    return [];
  }
  const options = { command: "rebuild", json: false, onItem: () => {} } as const;
  const sum = await runRequests(tools, [{ name: "rebuild" }], options);
  const { totals } = sum;
  if (totals === null || endOfRun(tools, sum) !== EXIT.done) {
    tools.terminal.err(
      "The record is not complete yet: the service goes on at its next wake-up, or do " +
        `"${commandOn("fastflush", survey.configDirectory)} rebuild".\n`,
    );
    return [];
  }
  report.line(rebuildText(totals).trimEnd());
  return ["messages", "added"].map((name) => [name, String(totals.get(name) ?? "")] as const);
}

function attributesOf(plan: InstallationPlan): ReadonlyArray<readonly [string, string]> {
  const { configDirectory, parameters } = plan.survey;
  const copies = plan.changedFiles.flatMap((name) => plan.copies[name] ?? []);
  return [
    ["postfix", parameters.mail_version],
    ["program", plan.programPath],
    ["changed", plan.changedFiles.map((name) => `${configDirectory}/${name}`).join(",")],
    ["copies", copies.join(",")],
  ];
}

/** A name without a slash would be looked for in PATH. */
function sourceOf({ host }: CommandTools, path: string | undefined): string {
  const own = host.executable.slice(0, host.executable.lastIndexOf("/"));
  const source = path === undefined ? `${own}/flush` : encodeUtf8(path);
  return source.includes("/") ? source : `./${source}`;
}

/** `20261126T094512Z`. */
function dateOf({ clock }: CommandTools): string {
  return new Date(clock.wallMs()).toISOString().replace(/\.[0-9]+|[-:]/g, "");
}
