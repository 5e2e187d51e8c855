/**
 * Processes as /proc shows them (proc(5)): which run from a folder, and with what rights.
 *
 * A private instance has its own copies of all its executables, so that "runs from this folder" and
 * "belongs to this instance" are the same. Needs root. Processes that vanish meanwhile are left out.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What one thread may do. The four numbers: real, effective, saved, file system (proc(5), "Uid"). */
export interface ThreadRights {
  readonly tid: number;
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  readonly groups: readonly number[];
  /** Effective, permitted, inheritable and ambient capabilities, as sets of bits. */
  readonly capabilities: Readonly<Record<"eff" | "prm" | "inh" | "amb", bigint>>;
}

function readlink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // Gone meanwhile, or a kernel thread: there is nothing to see.
  }
}

/** The executable of process `pid`; undefined if it is gone. A deleted one has " (deleted)" behind. */
export function executableOf(pid: number): string | undefined {
  return readlink(`/proc/${pid}/exe`);
}

/** What process `pid` has for "/", as seen from here; undefined if it is gone. */
export function rootOf(pid: number): string | undefined {
  return readlink(`/proc/${pid}/root`);
}

/** Process IDs, ascending, of all whose executable's path starts with `prefix`. */
export function pidsRunning(prefix: string): number[] {
  return allPids()
    .filter((pid) => executableOf(pid)?.startsWith(prefix))
    .sort((a, b) => a - b);
}

function allPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function parseRights(tid: number, status: string): ThreadRights {
  const field = (name: string): string[] => {
    const line = status.split("\n").find((text) => text.startsWith(`${name}:`));
    if (line === undefined) {
      throw new Error(`read the rights of thread ${tid}: no line "${name}" in its status`);
    }
    return line
      .slice(name.length + 1)
      .split(/\s+/)
      .filter((word) => word !== "");
  };
  const bits = (name: string): bigint => BigInt(`0x${field(name)[0]}`);
  return {
    tid,
    uids: field("Uid").map(Number),
    gids: field("Gid").map(Number),
    groups: field("Groups").map(Number),
    capabilities: {
      eff: bits("CapEff"),
      prm: bits("CapPrm"),
      inh: bits("CapInh"),
      amb: bits("CapAmb"),
    },
  };
}

function readStatus(pid: number, tid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/task/${tid}/status`, "utf8");
  } catch {
    return undefined; // This thread has ended meanwhile.
  }
}

/** The rights of every thread of process `pid`, its first thread first. Throws if it is gone. */
export function threadRights(pid: number): ThreadRights[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((tid) => {
    const status = readStatus(pid, tid);
    return status === undefined ? [] : [parseRights(Number(tid), status)];
  });
}

/** What a process has used so far, and holds now. */
export interface ProcessUse {
  /** In user and in kernel mode, of all its threads. */
  readonly processor_seconds: number;
  readonly descriptors: number;
  /** In memory and its own: without the pages of files that it shares with whoever else has them. */
  readonly memory_bytes: number;
}

/** USER_HZ, in which proc(5) counts time: the same on every architecture that Debian has. */
const TICKS_PER_SECOND = 100;

/** Where they stand behind the name of the executable, which may hold anything: the parent; utime, stime, cutime, cstime. */
const PARENT_FIELD = 1;
const FIRST_TIME_FIELD = 11;

/** What /proc/PID/stat says, as long as the process is not waited for. */
interface ProcessTimes {
  readonly parent: number;
  readonly processor_seconds: number;
  readonly ended_children_seconds: number;
}

function timesOf(pid: number): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const times = fields.slice(FIRST_TIME_FIELD).map(Number);
    const [user = 0, kernel = 0, children_user = 0, children_kernel = 0] = times;
    return {
      parent: Number(fields[PARENT_FIELD]),
      processor_seconds: (user + kernel) / TICKS_PER_SECOND,
      ended_children_seconds: (children_user + children_kernel) / TICKS_PER_SECOND,
    };
  } catch {
    return undefined; // Gone meanwhile.
  }
}

/**
 * Processor time so far of all that runs from below `prefix`, and of all their children that have ended, also of those
 * that nobody has waited for yet: these have no executable any more.
 */
export function processorSecondsBelow(prefix: string): number {
  const running = new Set(pidsRunning(prefix));
  const ended = allPids().filter((pid) => {
    const parent = executableOf(pid) === undefined ? timesOf(pid)?.parent : undefined;
    return parent !== undefined && running.has(parent);
  });
  const times = [...running, ...ended].map(timesOf).filter((each) => each !== undefined);
  return times.reduce((sum, each) => sum + each.processor_seconds + each.ended_children_seconds, 0);
}

/** What process `pid` uses; undefined if it is gone. */
export function useOf(pid: number): ProcessUse | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const times = timesOf(pid);
    return (
      times && {
        processor_seconds: times.processor_seconds,
        descriptors: readdirSync(`/proc/${pid}/fd`).length,
        memory_bytes: Number(/^RssAnon:\s*(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024,
      }
    );
  } catch {
    return undefined; // Gone meanwhile.
  }
}
