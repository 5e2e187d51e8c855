/**
 * Which programs serve now: the processes of the flush service under a master(8), by proc(5).
 *
 * For root; to others the programs of daemons are not shown. A process that ends meanwhile is left out.
 */
import type { Host } from "../effects/host.ts";
import { OsError } from "../effects/os_error.ts";
import type { Processes } from "../effects/processes.ts";
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
export function servingProcesses(
  host: Host,
  processes: Processes,
  masterPid: number,
): ServingProcess[] {
  const found = processes.childrenOf(masterPid).flatMap(({ pid }) => {
    const whose = whoseProcess(host, pid);
    return whose === null ? [] : [{ pid, whose }];
  });
  return found.sort((one, other) => one.pid - other.pid);
}

/** Null: another service's; or it is gone. */
function whoseProcess(host: Host, pid: number): Serving | null {
  try {
    const path = host.readLink(`/proc/${pid}/exe`);
    return BY_ENDING.find(([ending]) => path.endsWith(ending))?.[1] ?? null;
  } catch (caught) {
    if (caught instanceof OsError) {
      return null;
    }
    throw caught;
  }
}
