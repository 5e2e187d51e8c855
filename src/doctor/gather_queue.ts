/**
 * Gathers how the files of the queue are: directories, logs, deferred messages, room.
 *
 * Looks at no more than some thousands of each: what is wrong with many is wrong with the first.
 */

import { parseSeconds } from "../config/values.ts";
import type { FileStatus } from "../effects/files.ts";
import { errorCode } from "../effects/os_error.ts";
import { readQueueFile } from "../queue/queue_file.ts";
import type { Looking, Walk } from "./looking.ts";
import type { Machine } from "./machine.ts";
import type { Configuration, DiskFacts, Place, QueueFacts, QueueFolder } from "./set_up.ts";

const LOGS_MAX = 20_000;
const MESSAGES_MAX = 20_000;
/** So many messages are opened. */
const READ_MAX = 500;
/** More than any hashing has: 16 × 16 directories, and those above. */
const FOLDERS_MAX = 300;

const OWN_MODE = 0o700;
const PUBLIC_MODE = 0o710;
const LOG_MODE = 0o600;
const PERMISSIONS = 0o777;

const OWN_DIRECTORIES = ["active", "defer", "deferred", "flush", "hold", "incoming"];
/** Those that may have directories below. */
const HASHED = ["defer", "deferred", "flush"];

const MARK = "REBUILT";

/** Clocks of file servers may differ so much. */
const AHEAD_MS = 60_000;
/** What a next try may be late for other reasons. */
const FAR_MS = 3_600_000;

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

const DF_MS = 5000;

/** The files of the queue. */
export function gatherQueue(
  machine: Machine,
  looking: Looking,
  configuration: Configuration,
): QueueFacts {
  const { queue_directory } = configuration.values;
  const walkOf = (name: string, countMax: number): Walk | null =>
    looking.walk(`${queue_directory}/${name}`, countMax);
  const logs = walkOf("flush", LOGS_MAX);
  const deferred = walkOf("deferred", MESSAGES_MAX);
  const below = [logs, deferred, walkOf(HASHED[0] ?? "", FOLDERS_MAX)];
  const nowMs = machine.clock.wallMs();
  return {
    folders: folders(looking, configuration, below),
    logs: logs === null ? null : logFacts(logs, configuration, nowMs),
    deferred: deferred === null ? null : deferredFacts(machine, deferred, configuration),
  };
}

function folders(
  looking: Looking,
  { values, mailOwner }: Configuration,
  below: readonly (Walk | null)[],
): QueueFolder[] {
  const queue = values.queue_directory;
  const own = { uid: mailOwner?.uid ?? null, gid: null, mode: OWN_MODE };
  // postqueue(1) gets in by its group, whatever number that has.
  const postqueue = looking.place(`${values.command_directory}/postqueue`, true).status;
  const open = { ...own, gid: postqueue?.gid ?? null, mode: PUBLIC_MODE };
  const top = OWN_DIRECTORIES.map((name) => ({ ...looking.place(`${queue}/${name}`), ...own }));
  const lower = below.flatMap((walk) => walk?.folders ?? []).map((each) => ({ ...each, ...own }));
  return [...top, { ...looking.place(`${queue}/public`), ...open }, ...lower];
}

function logFacts(
  { files }: Walk,
  { mailOwner }: Configuration,
  nowMs: number,
): NonNullable<QueueFacts["logs"]> {
  const isWrong = ({ status }: Place): boolean =>
    status?.kind === "file" &&
    ((mailOwner !== null && status.uid !== mailOwner.uid) ||
      (status.mode & PERMISSIONS) !== LOG_MODE);
  const isAhead = ({ status }: Place): boolean =>
    status !== null && Math.max(modifiedMs(status), changedMs(status)) > nowMs + AHEAD_MS;
  const logs = files.filter(({ status }) => status?.kind === "file");
  return {
    hasMark: logs.some(({ path }) => path.endsWith(`/${MARK}`)),
    count: logs.filter(({ path }) => !path.endsWith(`/${MARK}`)).length,
    wrong: pathsOf(files.filter(isWrong)),
    strangers: pathsOf(files.filter(({ status }) => status?.kind !== "file")),
    ahead: pathsOf(logs.filter(isAhead)),
  };
}

function deferredFacts(
  { files, clock }: Machine,
  { files: messages }: Walk,
  { values }: Configuration,
): NonNullable<QueueFacts["deferred"]> {
  const nowMs = clock.wallMs();
  const backoffSeconds = parseSeconds(values.maximal_backoff_time, "s") ?? Number.POSITIVE_INFINITY;
  const farMs = nowMs + backoffSeconds * 1000 + FAR_MS;
  const statusIs = (test: (status: FileStatus) => boolean): string[] =>
    pathsOf(messages.filter(({ status }) => status !== null && test(status)));
  return {
    count: messages.length,
    far: statusIs((status) => modifiedMs(status) > farMs),
    ahead: statusIs((status) => changedMs(status) > nowMs + AHEAD_MS),
    arrivedAhead: messages.slice(0, READ_MAX).flatMap(({ path }) => {
      const message = readQueueFile(files, path);
      const isAhead = message.kind === "read" && message.arrivalSeconds * 1000 > nowMs + AHEAD_MS;
      return isAhead ? [path.slice(path.lastIndexOf("/") + 1)] : [];
    }),
  };
}

function pathsOf(places: readonly Place[]): string[] {
  return places.map(({ path }) => path);
}

function modifiedMs({ mtimeNs }: FileStatus): number {
  return Number(mtimeNs / NANOSECONDS_PER_MILLISECOND);
}

/** Nobody can set it: it is what the clock said. */
function changedMs({ ctimeNs }: FileStatus): number {
  return Number(ctimeNs / NANOSECONDS_PER_MILLISECOND);
}

/** The file system of the queue, by df(1); null: it can't be told. */
export async function gatherDisk(
  machine: Machine,
  looking: Looking,
  { values }: Configuration,
): Promise<DiskFacts | null> {
  const bytes = await diskFree(machine, values.queue_directory, "-Pk");
  const files = await diskFree(machine, values.queue_directory, "-Pi");
  if (bytes === null) {
    return null;
  }
  const mounts = looking.text("/proc/self/mounts") ?? "";
  // The last one on a place is the one that is seen.
  const options = mounts
    .split("\n")
    .map((line) => line.split(" "))
    .findLast(([, place = ""]) => unescaped(place) === bytes.mountPoint)?.[3];
  return {
    mountPoint: bytes.mountPoint,
    freeBytes: bytes.free * 1024,
    usedPercent: bytes.usedPercent,
    usedFilesPercent: files?.usedPercent ?? 0,
    isReadOnly: options?.split(",").includes("ro") === true,
  };
}

/** A blank, a tab, a newline and a backslash stand there as numbers of three octal digits (proc_pid_mounts(5), getmntent(3)). */
function unescaped(place: string): string {
  return place.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

interface Free {
  readonly free: number;
  readonly usedPercent: number;
  readonly mountPoint: string;
}

async function diskFree({ programs }: Machine, path: string, option: string): Promise<Free | null> {
  try {
    const { out } = await programs.run(["df", option, path], { limitMs: DF_MS });
    const line = out.split("\n")[1] ?? "";
    const [, free, used, mountPoint] = / ([0-9]+) +([0-9]+)% (\/.*)$/.exec(line) ?? [];
    return mountPoint === undefined
      ? null
      : { free: Number(free), usedPercent: Number(used), mountPoint };
  } catch (caught) {
    if (errorCode(caught) === "") {
      throw caught;
    }
    return null;
  }
}
