/**
 * Processes for real: effects/processes.ts from proc(5).
 */
import type { Clock } from "../effects/clock.ts";
import { OsError } from "../effects/os_error.ts";
import type { Processes, RunningFile, RunningProcess } from "../effects/processes.ts";
import { createFiles } from "./files.ts";
import { createTextFiles } from "./text_files.ts";

/** USER_HZ, in which proc(5) counts: the same on every architecture that Debian has. */
const TICKS_PER_SECOND = 100;

/** Behind the name, which may hold anything: state, the parent's ID, when it started, in ticks since the boot. */
const STATE_FIELD = 0;
const PARENT_FIELD = 1;
const START_FIELD = 19;

/** It has ended, and its parent has not taken notice. */
const ZOMBIE = "Z";

const NAMES_AT_ONCE = 500;

/** Those that this process can see. */
export function createProcesses(clock: Clock): Processes {
  const files = createFiles();
  const { read } = createTextFiles();

  function find(pid: number): RunningProcess | null {
    const stat = statOf(pid);
    const uptime = orNull(() => read("/proc/uptime").text);
    if (stat === null || uptime === null || stat.fields[STATE_FIELD] === ZOMBIE) {
      return null;
    }
    const startedSeconds = Number(stat.fields[START_FIELD]) / TICKS_PER_SECOND;
    const ageSeconds = Number.parseFloat(uptime) - startedSeconds;
    return {
      pid,
      parentPid: Number(stat.fields[PARENT_FIELD]),
      name: stat.name,
      startedMs: clock.wallMs() - ageSeconds * 1000,
      file: orNull(() => fileOf(pid)),
      environment: orNull(() =>
        read(`/proc/${pid}/environ`)
          .text.split("\0")
          .filter((each) => each !== ""),
      ),
    };
  }

  /** `fields`: what stands behind the name. */
  function statOf(pid: number): { readonly name: string; readonly fields: string[] } | null {
    const stat = orNull(() => read(`/proc/${pid}/stat`).text);
    if (stat === null) {
      return null;
    }
    const nameEnd = stat.lastIndexOf(")");
    return {
      name: stat.slice(stat.indexOf("(") + 1, nameEnd),
      fields: stat.slice(nameEnd + 2).split(" "),
    };
  }

  function fileOf(pid: number): RunningFile {
    const status = files.statusOf(`/proc/${pid}/exe`, { followLink: true });
    return { device: status.device, inode: status.inode, isDeleted: status.linkCount === 0 };
  }

  function childrenOf(parentPid: number): RunningProcess[] {
    const reader = files.openDirectory("/proc");
    const pids: number[] = [];
    try {
      for (
        let names = reader.next(NAMES_AT_ONCE);
        names.length > 0;
        names = reader.next(NAMES_AT_ONCE)
      ) {
        pids.push(...names.filter((name) => /^[0-9]+$/.test(name)).map(Number));
      }
    } finally {
      reader.close();
    }
    const isChild = (pid: number): boolean =>
      Number(statOf(pid)?.fields[PARENT_FIELD]) === parentPid;
    return pids.filter(isChild).flatMap((pid) => find(pid) ?? []);
  }

  return { find, childrenOf, terminate };
}

function terminate(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch (caught) {
    const code = (caught as { readonly code?: unknown }).code;
    throw typeof code === "string" ? new OsError(code, "kill") : caught;
  }
}

/** Null where the system says no: gone meanwhile, or not for this user. */
function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch (caught) {
    if (caught instanceof OsError) {
      return null;
    }
    throw caught;
  }
}
