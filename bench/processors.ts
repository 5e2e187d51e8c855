/**
 * Keeps a measurement on one processor.
 *
 * Of requests one after the other, the scheduler's choice shows more than the server: the bare server
 * answered in 32 µs on the client's processor and in 75 µs on another, and kept either for seconds. On one
 * processor all have the same. Uses taskset(1) of util-linux.
 */
import { readFileSync } from "node:fs";
import { pidsRunning } from "../lab/processes.ts";
import { run } from "../lab/run.ts";

/** Lists as in taskset(1) and proc(5): "0-3,8". */
async function allow(pids: readonly number[], processors: string): Promise<void> {
  for (const pid of pids) {
    // A process may have ended meanwhile: then there is nothing to do.
    await run(["taskset", "--all-tasks", "--cpu-list", "--pid", processors, String(pid)]);
  }
}

/** This process first and master(8) next, so that what they start meanwhile is where they are. */
async function allowAll(folder: string, processors: string): Promise<void> {
  await allow([process.pid], processors);
  await allow(pidsRunning(`${folder}/sbin/master`), processors);
  await allow(pidsRunning(folder), processors);
}

/**
 * Does `work` with this process, all that it starts, and all programs under `folder` on one processor; then
 * they may be on all again that this process may use.
 */
export async function onOneProcessor<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const status = readFileSync("/proc/self/status", "latin1");
  const all = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? "0";
  await allowAll(folder, /^\d+/.exec(all)?.[0] ?? "0");
  try {
    return await work();
  } finally {
    await allowAll(folder, all);
  }
}
