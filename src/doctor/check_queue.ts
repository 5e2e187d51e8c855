/**
 * The files of the queue: rights, times, room. Pure.
 */
import { parseSeconds } from "../config/values.ts";
import { isEveryDestination } from "../installation/recorded_sites.ts";
import { commandLine, quoted } from "../installation/shell_words.ts";
import { type Check, commandsFor, countOf, fewOf, finding, isOurs } from "./check.ts";
import { inTurn } from "./commands.ts";
import type { Finding } from "./kinds.ts";
import type { QueueFacts, QueueFolder, SetUp } from "./set_up.ts";

const PERMISSIONS = 0o777;
const LOG_MODE = "600";

/** Postfix refuses mail where less than this many times its limit for a message is free. */
const ROOM_FACTOR = 1.5;
const FULL_PERCENT = 95;

const HALF_DAY_SECONDS = 12 * 3600;

/** Postfix's processes can work in the directories of the queue. */
export const foldersSound: Check = {
  run: (setUp) =>
    setUp.queue === null ? null : setUp.queue.folders.flatMap((each) => folderFinding(setUp, each)),
  well: () => "the directories of the queue have the right owners and modes",
};

function folderFinding({ configuration, running }: SetUp, folder: QueueFolder): Finding[] {
  const { path, status, uid, gid, mode } = folder;
  const { mail_owner, setgid_group } = configuration.values;
  const modeText = mode.toString(8);
  const group = gid === null ? "" : `:${setgid_group}`;
  if (status === null) {
    if (running?.master === null) {
      return []; // The start makes it.
    }
    const owner = ["-o", mail_owner, ...(gid === null ? [] : ["-g", setgid_group])];
    const command = commandLine("install", "-d", "-m", modeText, ...owner, path);
    return [finding("folder-missing", `There is no directory ${path}.`, command)];
  }
  const isRight =
    (uid === null || status.uid === uid) &&
    (gid === null || status.gid === gid) &&
    (status.mode & PERMISSIONS) === mode;
  if (isRight) {
    return [];
  }
  const what =
    `${path} has owner ${status.uid}, group ${status.gid} and mode ${status.mode.toString(8)}; right are ` +
    `${mail_owner}${group} and ${modeText}.`;
  const mend = inTurn(
    commandLine("chown", `${mail_owner}${group}`, path),
    commandLine("chmod", modeText, path),
  );
  return [finding("folder-rights", what, mend)];
}

/** The service can work with its logs. */
export const logsSound: Check = {
  run: (setUp) => {
    const logs = setUp.queue?.logs ?? null;
    if (logs === null) {
      return null;
    }
    const findings: Finding[] = [];
    const { mail_owner } = setUp.configuration.values;
    const directory = quoted(flushDirectory(setUp));
    if (logs.wrong.length > 0) {
      const what = `Not ${mail_owner}'s with mode ${LOG_MODE}: ${fewOf(logs.wrong)}.`;
      const command = `find ${directory} -type f -exec chown ${quoted(mail_owner)} {} + -exec chmod ${LOG_MODE} {} +`;
      findings.push(finding("log-rights", what, command));
    }
    if (logs.strangers.length > 0) {
      const what = `No file, but a link or something else: ${fewOf(logs.strangers)}.`;
      const command = `find ${directory} ! -type f ! -type d -exec rm -- {} +`;
      findings.push(finding("log-stranger", what, command));
    }
    return findings;
  },
  well: ({ queue }) => `right owner and mode: ${countOf(queue?.logs?.count ?? 0, "log")}`,
};

function flushDirectory({ configuration }: SetUp): string {
  return `${configuration.values.queue_directory}/flush`;
}

/** No file has a time that it can't have. */
export const timesSound: Check = {
  run: (setUp) => {
    const { queue } = setUp;
    return queue === null || queue.logs === null || queue.deferred === null
      ? null
      : timeFindings(setUp, queue);
  },
  well: () => "no file of the queue is from the future",
};

function timeFindings(setUp: SetUp, { logs, deferred }: QueueFacts): Finding[] {
  const { values } = setUp.configuration;
  const deferredDirectory = quoted(`${values.queue_directory}/deferred`);
  const findings: Finding[] = [];
  const ahead = [...(logs?.ahead ?? []), ...(deferred?.ahead ?? [])];
  if (ahead.length > 0) {
    const logDirectory = quoted(flushDirectory(setUp));
    const what = `The clock was ahead, or is behind: check it first (date). From the future: ${fewOf(ahead)}.`;
    const command = inTurn(
      `find ${logDirectory} -type f -newermt '1 minute' -exec touch {} +`,
      `find ${logDirectory} ${deferredDirectory} -type f -newerct '1 minute' -exec chmod u+rw {} +`,
    );
    findings.push(finding("clock-back", what, command));
  }
  const far = deferred?.far ?? [];
  if (far.length > 0) {
    const limit = parseSeconds(values.maximal_backoff_time, "s") ?? 0;
    const what = `To be tried again later than maximal_backoff_time (${values.maximal_backoff_time}) from now: ${fewOf(far)}.`;
    const command = `find ${deferredDirectory} -type f -newermt '${limit} seconds' -exec touch {} +`;
    findings.push(finding("next-try-far", what, command));
  }
  const arrived = deferred?.arrivedAhead ?? [];
  if (arrived.length > 0) {
    const what = `Check the clock first (date). Arrived in the future: ${fewOf(arrived)}. Their time can't be changed, but they can be tried now.`;
    const { directory } = setUp.configuration;
    const tries = arrived.map((id) => commandLine("postqueue", "-c", directory, "-i", id));
    findings.push(finding("arrival-ahead", what, inTurn(...tries)));
  }
  return findings;
}

/** There is room for mail, and for the record. */
export const diskSound: Check = {
  run: ({ disk, configuration }) => {
    if (disk === null) {
      return null;
    }
    const { queue_directory, message_size_limit } = configuration.values;
    const place = `The file system of ${queue_directory}, mounted on ${disk.mountPoint},`;
    const findings: Finding[] = [];
    if (disk.isReadOnly) {
      const command = commandLine("mount", "-o", "remount,rw", disk.mountPoint);
      findings.push(finding("disk-read-only", `${place} is read-only.`, command));
    }
    const isFull =
      disk.usedPercent >= FULL_PERCENT ||
      disk.usedFilesPercent >= FULL_PERCENT ||
      disk.freeBytes < ROOM_FACTOR * Number(message_size_limit);
    if (isFull) {
      const what = `${place} is full: ${disk.usedPercent} % of its bytes and ${disk.usedFilesPercent} % of its files are in use.`;
      const command = `du -xh --max-depth=2 ${quoted(disk.mountPoint)} | sort -h | tail`;
      findings.push(finding("disk-full", what, command));
    }
    return findings;
  },
  well: ({ disk }) => `the queue's file system has room: ${disk?.usedPercent} % in use`,
};

/** What nobody flushes is not tried out of turn too soon. */
export const refreshLong: Check = {
  run: (setUp) => {
    const { configuration } = setUp;
    if (!isOurs(configuration) || !isEveryDestination(configuration.values.fast_flush_domains)) {
      return null;
    }
    const text = configuration.values.fast_flush_refresh_time;
    const what = `Every destination is recorded, and what nobody flushes is tried again after ${text}.`;
    const isShort = (parseSeconds(text, "h") ?? 0) <= HALF_DAY_SECONDS;
    const command = commandsFor(setUp).set("fast_flush_refresh_time=7d");
    return isShort ? [finding("refresh-short", what, command)] : [];
  },
  well: ({ configuration }) =>
    `fast_flush_refresh_time is ${configuration.values.fast_flush_refresh_time}`,
};
