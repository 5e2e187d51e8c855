/**
 * `fastflush status`: whose flush service a Postfix instance has, by its configuration, its processes and its answer,
 * and what is worth doing next. Changes nothing.
 */
import type { Command } from "commander";
import { type Answer, ask } from "../../client/ask.ts";
import { errorCode } from "../../effects/os_error.ts";
import { whoseCommand } from "../../installation/flush_entry.ts";
import { isEveryDestination, strangersUnder } from "../../installation/recorded_sites.ts";
import { type ServingProcess, servingProcesses } from "../../installation/serving.ts";
import { type Survey, survey } from "../../installation/survey.ts";
import { hashedPath } from "../../names/hashed_path.ts";
import { parseLogfileName } from "../../names/names.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { EXIT } from "../exit_status.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { noReport } from "../no_report.ts";
import { countText, printable } from "../printable.ts";
import { ALL_INSTANCES_OPTION, eachInstance } from "./each_instance.ts";
import type { InstanceReport } from "./instance_report.ts";

/** The mark of a completed record, in the queue's directory of logs. */
const REBUILT = parseLogfileName("REBUILT");

const ROOT_UID = 0;

/** Whose service it is, or why that isn't known. */
type EntryState = "fastflush" | "original" | "other" | "none" | "several";
type Answering = "fastflush" | "original" | "nobody" | "not permitted" | "something else";

/** How an instance stands. */
interface State {
  readonly survey: Survey;
  readonly entry: EntryState;
  /** Null: who asks may not see them. */
  readonly processes: readonly ServingProcess[] | null;
  readonly answering: Answering;
  /** What the service says of its record, if it is ours. */
  readonly totals: ReadonlyMap<string, string>;
  /** Why there is no report; printable. */
  readonly why: string | null;
  /** Null: that can't be seen. */
  readonly isRebuilt: boolean | null;
}

const WORK = {
  command: "status",
  failed: "could not be looked at",
  perform: statusOf,
} as const;

/** Adds the command. */
export function addStatus(program: Command, perform: Perform): void {
  program
    .command("status")
    .summary("show whose flush service Postfix has, and whether it answers")
    .description(
      "Shows, for a Postfix instance, which program the entry in master.cf names, which processes serve, who " +
        "answers at the socket, what is recorded, who may send ETRN, and what is worth doing next. Changes nothing. " +
        `Ends with status ${EXIT.found} unless fastflush's service is in master.cf and, where Postfix runs, answers.`,
    )
    .option(...ALL_INSTANCES_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples([
        ["fastflush status", "of this Postfix"],
        ["fastflush status --all-instances", "of all instances"],
      ]),
    )
    .action(({ allInstances = false, json = false }: { allInstances?: boolean; json?: boolean }) =>
      perform((tools) => eachInstance(tools, { ...WORK, allInstances, json })),
    );
}

async function statusOf(tools: CommandTools, report: InstanceReport): Promise<void> {
  const state = await stateOf(tools);
  for (const line of lines(state)) {
    report.line(line);
  }
  const isOurs = state.entry === "fastflush";
  const isServing = isStopped(state) || state.answering === "fastflush";
  const outcome = { status: isOurs && isServing ? EXIT.done : EXIT.found, outcome: "shown" };
  report.instance(tools, outcome, attributesOf(state));
  await report.advice(tools);
}

async function stateOf(tools: CommandTools): Promise<State> {
  const { instance, place } = tools;
  const found = await survey(tools, instance.configDirectory);
  const answer = await ask(tools.socket, { name: "sites" }, () => {});
  const { masterPid } = found;
  return {
    survey: found,
    entry: entryOf(found),
    processes: servingOf(tools, masterPid),
    answering: answeringOf(answer, place.mayAsk),
    totals: answer.kind === "done" ? answer.totals : new Map(),
    why: noReport(answer, place)?.message ?? null,
    isRebuilt: isRebuilt(tools),
  };
}

function servingOf({ host, machine }: CommandTools, masterPid: number | null): State["processes"] {
  if (host.userId() !== ROOT_UID) {
    return null;
  }
  return masterPid === null ? [] : servingProcesses(host, machine.processes, masterPid);
}

function entryOf({ entries }: Survey): EntryState {
  const [entry, ...others] = entries;
  return entry === undefined ? "none" : others.length > 0 ? "several" : whoseCommand(entry.command);
}

function answeringOf(answer: Answer, mayAsk: boolean): Answering {
  switch (answer.kind) {
    case "done":
      return "fastflush";
    case "unknown":
      return mayAsk ? "original" : "not permitted";
    case "unreachable":
      return ["EACCES", "EPERM"].includes(answer.error.code) ? "not permitted" : "nobody";
    case "mute":
      return "nobody";
    case "stranger":
    case "incomplete":
      return "something else";
  }
}

/** Null: this user can't see it. */
function isRebuilt({ host, instance }: CommandTools): boolean | null {
  if (!instance.place.mayAsk || REBUILT === null) {
    return null;
  }
  const path = hashedPath("flush", REBUILT, instance.hashing);
  try {
    return host.statusOf(`${instance.queueDirectory}/${path}`) !== null;
  } catch (caught) {
    if (errorCode(caught) === "") {
      throw caught;
    }
    return null;
  }
}

const ENTRY_WORDS: Readonly<Record<EntryState, string>> = {
  fastflush: "fastflush's service",
  original: "Postfix's own flush service",
  other: "a program of somebody's own",
  none: "no entry: no record is kept",
  several: "several entries",
};

const LABEL_WIDTH = 12;

/** No master(8) runs; false where that can't be seen. */
function isStopped({ survey: { masterPid }, processes }: State): boolean {
  return masterPid === null && processes !== null;
}

function runningText(state: State): string {
  const { masterPid } = state.survey;
  return masterPid !== null
    ? `running, master ${masterPid}`
    : isStopped(state)
      ? "not running"
      : "whether it runs is for root to see";
}

function lines(state: State): string[] {
  const { survey: found, entry } = state;
  const { parameters } = found;
  const command = found.entries[0]?.command;
  const rows: ReadonlyArray<readonly [label: string, text: string]> = [
    ["master.cf", ENTRY_WORDS[entry] + (command === undefined ? "" : `: ${printable(command)}`)],
    ["max_use", `${printable(maxUseOf(found))} clients a process`],
    ["processes", processesText(state)],
    ["answers", answerText(state)],
    ["recorded", recordedText(found)],
    ["ETRN", etrnText(found)],
    ["record", rebuiltText(state)],
  ];
  return [
    printable(
      `${found.configDirectory}: Postfix ${parameters.mail_version}, ${runningText(state)}`,
    ),
    ...rows.map(([label, text]) => `  ${label.padEnd(LABEL_WIDTH)}${text}`),
  ];
}

function maxUseOf({ overrides, parameters }: Survey): string {
  return overrides.get("max_use") ?? parameters.max_use;
}

function processesText({ processes, survey: found }: State): string {
  if (processes === null) {
    return "for root to see";
  }
  if (processes.length === 0) {
    return found.masterPid === null
      ? "none, as Postfix does not run"
      : "none now: master starts one when a client comes";
  }
  const words = {
    fastflush: "fastflush's",
    outdated: "fastflush's before its update, which ends by itself",
    original: "the original's",
  };
  return processes.map(({ pid, whose }) => `${pid} (${words[whose]})`).join(", ");
}

function answerText({ answering, totals, why }: State): string {
  const count = (name: string, singular: string, plural: string): string =>
    countText(Number(totals.get(name) ?? 0), singular, plural);
  switch (answering) {
    case "fastflush":
      return `fastflush's service, with ${count("entries", "entry", "entries")} in ${count("logs", "log", "logs")}`;
    case "original":
      return "Postfix's own flush service";
    default:
      return why ?? answering;
  }
}

function recordedText({ parameters }: Survey): string {
  const list = parameters.fast_flush_domains;
  return list === ""
    ? "no destination (fast_flush_domains is empty)"
    : isEveryDestination(list)
      ? "every destination"
      : `destinations in "${printable(list)}"`;
}

function etrnText({ parameters, openEtrn: { entries, own, isLocal } }: Survey): string {
  const whom = isLocal ? "everybody on this machine alone" : "everybody";
  if (entries.length > own.length) {
    return isLocal
      ? "open to everybody on this machine, where alone SMTP is spoken"
      : "open to everybody who reaches the SMTP port";
  }
  const opened = own.length === 0 ? "" : `; open to ${whom} at ${own.map(printable).join(", ")}`;
  const restrictions = parameters.smtpd_etrn_restrictions;
  return strangersUnder(restrictions) === "let in"
    ? `not open to everybody${opened}`
    : `by smtpd_etrn_restrictions: ${printable(restrictions)}${opened}`;
}

function rebuiltText({ isRebuilt: is, entry }: State): string {
  if (is === null) {
    return "whether it is complete is for root and the mail owner to see";
  }
  if (is) {
    return entry === "fastflush"
      ? "complete: it was made from the queue"
      : "was completed from the queue by fastflush";
  }
  return entry === "fastflush"
    ? "is completed from the queue at the next wake-up"
    : "has what was deferred since it is kept";
}

function attributesOf(state: State): ReadonlyArray<readonly [string, string]> {
  const { survey: found, processes, totals } = state;
  const { parameters, masterPid, entries } = found;
  return [
    ["postfix", parameters.mail_version],
    ["master_pid", String(masterPid ?? "")],
    ["entry", state.entry],
    ["command", entries[0]?.command ?? ""],
    ["max_use", maxUseOf(found)],
    ["processes", (processes ?? []).map(({ pid, whose }) => `${pid} ${whose}`).join(",")],
    ["answers", state.answering],
    ["logs", totals.get("logs") ?? ""],
    ["entries", totals.get("entries") ?? ""],
    ["recorded", parameters.fast_flush_domains],
    ["etrn", found.openEtrn.entries.length > 0 ? "open" : "restricted"],
    ["rebuilt", state.isRebuilt === null ? "unknown" : state.isRebuilt ? "yes" : "no"],
  ];
}
