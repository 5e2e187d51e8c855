/**
 * The entry of the flush service in master.cf. Pure.
 */
import {
  ORIGINAL_COMMAND,
  OUR_COMMAND,
  ourCommand,
  whoseCommand,
} from "../installation/flush_entry.ts";
import { MAX_USE } from "../installation/install.ts";
import type { MasterEntry } from "../installation/postconf.ts";
import { type Check, commandsFor, entryName, finding, flushEntry, isOurs } from "./check.ts";
import type { Finding } from "./kinds.ts";
import type { SetUp } from "./set_up.ts";

const WAKE_UP = "1000?";
const NO_LIMIT = "0";
const OFF = ["-", "0", "0?", "never"];

/** Postfix's default, and less. */
const USES_FEW = 100;
const USES_MANY = 100_000;

/** There is an entry, as a UNIX socket that all programs can reach. */
export const entryThere: Check = {
  run: (setUp) => {
    const entry = flushEntry(setUp.configuration);
    if (entry === null) {
      return [finding("entry-missing", missingWhat(setUp), newEntry(setUp))];
    }
    const shown = (column: string, value: string): string =>
      `The column "${column}" of ${entryName(entry)} in master.cf is ${value}.`;
    const findings: Finding[] = [];
    if (entry.private !== "n") {
      const what = shown("private", `"${entry.private}", not "n"`);
      findings.push(finding("entry-private", what, setColumn(setUp, entry, "private", "n")));
    }
    if (entry.unprivileged === "n") {
      const command = setColumn(setUp, entry, "unprivileged", "-");
      findings.push(finding("entry-as-root", shown("unprivileged", '"n"'), command));
    }
    return findings;
  },
  well: ({ configuration }) =>
    `master.cf has the service ${configuration.values.flush_service_name}/unix, open to all programs of this machine`,
};

function missingWhat({ configuration }: SetUp): string {
  const name = configuration.values.flush_service_name;
  const others = configuration.entries.filter(({ service }) => service === name);
  const [other] = others;
  if (other !== undefined) {
    return `master.cf has no service ${name}/unix, but ${others.map(entryName).join(", ")}, which no program looks for.`;
  }
  const comment = configuration.hasCommentedEntry ? ": it is there as a comment only" : "";
  return `master.cf has no service ${name}/unix${comment}.`;
}

/** The entry that Postfix comes with; chrooted if the others are. */
function newEntry(setUp: SetUp): string {
  const { entries, values } = setUp.configuration;
  const name = values.flush_service_name;
  const chroot = entries.find(({ service }) => service === "cleanup")?.chroot ?? "n";
  const hasOurs = setUp.programs !== null && setUp.programs.ours.status !== null;
  const columns = [name, "unix", "n", "-", chroot, WAKE_UP, NO_LIMIT];
  const line = [...columns, hasOurs ? OUR_COMMAND : ORIGINAL_COMMAND].join(" ");
  return commandsFor(setUp).postconf("-Me", `${name}/unix=${line}`);
}

function setColumn(
  setUp: SetUp,
  entry: MasterEntry,
  column: keyof MasterEntry,
  value: string,
): string {
  return commandsFor(setUp).postconf("-F", `${entryName(entry)}/${column}=${value}`);
}

/** The entry is woken up, and may have as many processes as it needs. */
export const entrySettings: Check = {
  run: (setUp) => {
    const entry = flushEntry(setUp.configuration);
    if (entry === null) {
      return null;
    }
    const findings: Finding[] = [];
    if (OFF.includes(entry.wakeup)) {
      const what = `${entryName(entry)} in master.cf is not woken up: its column "wakeup" is "${entry.wakeup}".`;
      const command = setColumn(setUp, entry, "wakeup", WAKE_UP);
      findings.push(finding("wakeup-off", what, command));
    }
    if (entry.process_limit !== NO_LIMIT) {
      const what = `The column "process_limit" of ${entryName(entry)} in master.cf is "${entry.process_limit}", not "0".`;
      const command = setColumn(setUp, entry, "process_limit", NO_LIMIT);
      findings.push(finding("process-limit", what, command));
    }
    return findings;
  },
  well: (setUp) => `the service is woken up by master(8), in seconds: ${wakeUpOf(setUp)}`,
};

function wakeUpOf({ configuration }: SetUp): string {
  return flushEntry(configuration)?.wakeup ?? "";
}

/** The entry has fastflush. */
export const entryIsOurs: Check = {
  run: (setUp) => {
    const entry = flushEntry(setUp.configuration);
    if (entry === null || isOurs(setUp.configuration)) {
      return entry === null ? null : [];
    }
    const isOriginal = whoseCommand(entry.command) === "original";
    const what = isOriginal
      ? `${entryName(entry)} in master.cf is the original flush service.`
      : `${entryName(entry)} in master.cf has the command "${entry.command}".`;
    const isThere = setUp.programs !== null && setUp.programs.ours.status !== null;
    const command = isThere
      ? setColumn(setUp, entry, "command", ourCommand(entry.command))
      : commandsFor(setUp).fastflush("install");
    return [finding(isOriginal ? "original-configured" : "command-unknown", what, command)];
  },
  well: () => "master.cf has fastflush as its flush service",
};

/** A process of ours serves a good number of clients. */
export const maxUse: Check = {
  run: (setUp) => {
    const { configuration } = setUp;
    const entry = flushEntry(configuration);
    if (entry === null || !isOurs(configuration)) {
      return null;
    }
    const value = maxUseOf(setUp);
    const command = commandsFor(setUp).postconf("-P", `${entryName(entry)}/max_use=${MAX_USE}`);
    const what = `A process of the service ends after ${value} clients (max_use).`;
    if (Number(value) <= USES_FEW) {
      return [finding("max-use-default", what, command)];
    }
    return Number(value) > USES_MANY ? [finding("max-use-large", what, command)] : [];
  },
  well: (setUp) => `a process of the service serves ${maxUseOf(setUp)} clients`,
};

function maxUseOf({ configuration }: SetUp): string {
  const own = configuration.overrides.get(`${configuration.values.flush_service_name}/unix`);
  return own?.get("max_use") ?? configuration.values.max_use;
}
