/**
 * What runs, and with what environment and configuration. Pure.
 */

import type { RunningFile, RunningProcess } from "../effects/processes.ts";
import { splitTokens } from "../eligibility/tokens.ts";
import { dangerousEntries, isDangerousVariable } from "../installation/recorded_sites.ts";
import { type Check, commandsFor, finding, isOurs } from "./check.ts";
import type { Finding } from "./kinds.ts";
import type { Place } from "./set_up.ts";

/** What a process's start may seem to be before a change that it has seen. */
const START_TOLERANCE_MS = 50;

/** Postfix runs. */
export const postfixRuns: Check = {
  run: (setUp) => {
    if (setUp.running === null) {
      return null;
    }
    const { queue_directory } = setUp.configuration.values;
    const what = `Postfix does not run: no master(8) has the queue ${queue_directory}.`;
    const isRunning = setUp.running.master !== null;
    return isRunning ? [] : [finding("postfix-stopped", what, commandsFor(setUp).start())];
  },
  well: ({ running }) => `Postfix runs: master(8) is process ${running?.master?.pid}`,
};

/** What runs is what is installed. */
export const filesCurrent: Check = {
  run: (setUp) => {
    const { running, programs, configuration } = setUp;
    if (running === null || running.master === null || programs === null) {
      return null;
    }
    const findings: Finding[] = [];
    const commands = commandsFor(setUp);
    const original = running.flush.find(({ file }) => isFile(file, programs.original));
    if (isOurs(configuration) && original !== undefined) {
      const what = `Process ${original.pid} is the original flush service; master.cf says fastflush.`;
      findings.push(finding("original-running", what, commands.reload()));
    }
    const outdated = running.flush.find(({ file }) => file?.isDeleted === true);
    if (outdated !== undefined) {
      const what = `Process ${outdated.pid} of the flush service runs a program that is no longer installed.`;
      findings.push(finding("build-outdated", what, commands.reload()));
    }
    if (running.master.file?.isDeleted === true) {
      const what = `master(8), process ${running.master.pid}, runs a program that is no longer installed.`;
      findings.push(finding("master-outdated", what, commands.restart()));
    }
    return findings;
  },
  well: () => "the programs that run are those that are installed",
};

function isFile(file: RunningFile | null, { status }: Place): boolean {
  return file !== null && file.device === status?.device && file.inode === status.inode;
}

/** Postfix has read main.cf and master.cf since they were changed. */
export const configurationRead: Check = {
  run: (setUp) => {
    const { running, configuration } = setUp;
    const { changedMs } = configuration;
    if (running === null || running.master === null || changedMs === null) {
      return null;
    }
    const processes = [running.queueManager, latest(running.flush)].filter((each) => each !== null);
    const unaware = processes.find(({ startedMs }) => startedMs + START_TOLERANCE_MS < changedMs);
    if (unaware === undefined) {
      return processes.length === 0 ? null : [];
    }
    const what =
      `main.cf or master.cf in ${configuration.directory} was changed after process ${unaware.pid} ` +
      `(${unaware.name}) had started.`;
    return [finding("reload-needed", what, commandsFor(setUp).reload())];
  },
  well: () => "Postfix has read main.cf and master.cf since they were last changed",
};

function latest(processes: readonly RunningProcess[]): RunningProcess | null {
  return processes.toSorted((one, other) => other.startedMs - one.startedMs)[0] ?? null;
}

/** No variable can make our programs do something else. */
export const environmentClean: Check = {
  run: (setUp) => {
    const { configuration, running } = setUp;
    const findings: Finding[] = [];
    const imported = configuration.values.import_environment;
    const listed = dangerousEntries(imported);
    const commands = commandsFor(setUp);
    if (listed.length > 0) {
      const rest = splitTokens(imported)
        .filter((entry) => !listed.includes(entry))
        .join(" ");
      const what = `import_environment lists ${listed.join(", ")}.`;
      const command = commands.set(`import_environment=${rest}`);
      findings.push(finding("bun-environment-listed", what, command));
    }
    const master = running?.master ?? null;
    const processes = running === null || master === null ? [] : [master, ...running.flush];
    const variables = new Set(
      processes.flatMap(({ environment }) =>
        (environment ?? []).map((each) => each.split("=", 1)[0] ?? ""),
      ),
    );
    const set = [...variables].filter(isDangerousVariable);
    if (set.length > 0) {
      const what = `Postfix runs with ${set.join(", ")} in its environment.`;
      findings.push(finding("bun-environment-running", what, commands.restart()));
    }
    return findings;
  },
  well: ({ running }) =>
    running === null
      ? "import_environment lists no BUN_* variable"
      : "no BUN_* variable reaches the service",
};
