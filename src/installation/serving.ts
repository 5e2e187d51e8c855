/**
 * Which programs serve now: the processes of the flush service under a master(8), by proc(5).
 *
 * For root; to others the programs of daemons are not shown. A process that ends meanwhile is left out.
 */
import type { Host } from "../effects/host.ts";
import { OsError } from "../effects/os_error.ts";
import { ORIGINAL_COMMAND, OUR_COMMAND } from "./flush_entry.ts";

/** Whose program a process runs: ours as it is installed, ours before an update, or the original. */
type Serving = "fastflush" | "outdated" | "original";

/** A process, and whose program it runs. */
export interface ServingProcess {
  readonly pid: number;
  readonly whose: Serving;
}

/** Paths are told with all links followed, so that they are known by their ends. */
const BY_ENDING: ReadonlyArray<readonly [ending: string, whose: Serving]> = [
  [`/${OUR_COMMAND}`, "fastflush"],
  // A replaced file is a deleted one.
  [`/${OUR_COMMAND} (deleted)`, "outdated"],
  [`/${ORIGINAL_COMMAND}`, "original"],
  [`/${ORIGINAL_COMMAND} (deleted)`, "original"],
];

/** The processes of the flush service among the children of this master(8), by their IDs. */
export function servingProcesses(host: Host, masterPid: number): ServingProcess[] {
  const ids = host.list("/proc").filter((name) => /^[0-9]+$/.test(name));
  const found = ids.flatMap((id) => {
    const whose = parentOf(host, id) === masterPid ? servingOf(host, id) : undefined;
    return whose === undefined ? [] : [{ pid: Number(id), whose }];
  });
  return found.sort((one, other) => one.pid - other.pid);
}

/** PID (NAME) STATE PPID ...; the name may hold anything. */
function parentOf(host: Host, id: string): number {
  const stat = unlessGone(() => host.read(`/proc/${id}/stat`)) ?? "";
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function servingOf(host: Host, id: string): Serving | undefined {
  const path = unlessGone(() => host.readLink(`/proc/${id}/exe`)) ?? "";
  return BY_ENDING.find(([ending]) => path.endsWith(ending))?.[1];
}

function unlessGone<Result>(look: () => Result): Result | null {
  try {
    return look();
  } catch (caught) {
    if (caught instanceof OsError) {
      return null;
    }
    throw caught;
  }
}
