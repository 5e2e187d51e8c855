/**
 * Processes in memory: effects/processes.ts for tests that say what runs.
 */
import type { Processes, RunningProcess } from "../effects/processes.ts";

export class MemoryProcesses implements Processes {
  readonly running: RunningProcess[] = [];

  /** What a process does when it is asked to end. */
  onTerminate: (pid: number) => void = () => {};

  find(pid: number): RunningProcess | null {
    return this.running.find((each) => each.pid === pid) ?? null;
  }

  childrenOf(pid: number): readonly RunningProcess[] {
    return this.running.filter((each) => each.parentPid === pid);
  }

  terminate(pid: number): void {
    this.onTerminate(pid);
  }
}
