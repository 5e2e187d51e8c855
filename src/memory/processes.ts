/**
 * Processes in memory: effects/processes.ts for tests that say what runs.
 */
import type { Processes, RunningProcess } from "../effects/processes.ts";

export class MemoryProcesses implements Processes {
  readonly running: RunningProcess[] = [];

  find(pid: number): RunningProcess | null {
    return this.running.find((each) => each.pid === pid) ?? null;
  }

  childrenOf(pid: number): readonly RunningProcess[] {
    return this.running.filter((each) => each.parentPid === pid);
  }
}
