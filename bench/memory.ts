/**
 * The memory of a contestant's processes, from /proc/PID/smaps_rollup and /proc/PID/status (proc(5)). Needs root.
 *
 * Rss counts every page that a process has, those of its program's file too, which all processes of that program
 * share; Pss counts a shared page in parts. Processes that vanish meanwhile are left out.
 */
import { readFileSync } from "node:fs";
import type { Arena } from "./arena.ts";
import type { Contestant } from "./contestants.ts";

/** Of all processes together, in megabytes. */
export interface MemoryUse {
  readonly processes: number;
  readonly rssMb: number;
  readonly pssMb: number;
  /** The most that each has had so far, together. */
  readonly peakRssMb: number;
}

const KB_PER_MB = 1000 / 1.024;

/** A line of such a file: "Rss:   1234 kB". */
function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(text)?.[1] ?? Number.NaN);
}

function useOf(pid: number): MemoryUse | null {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    return {
      processes: 1,
      rssMb: kilobytes(rollup, "Rss") / KB_PER_MB,
      pssMb: kilobytes(rollup, "Pss") / KB_PER_MB,
      peakRssMb: kilobytes(status, "VmHWM") / KB_PER_MB,
    };
  } catch {
    return null; // Gone meanwhile.
  }
}

/** What a contestant's processes have now. */
export function memoryUse(arena: Arena, contestant: Contestant): MemoryUse {
  const uses = arena
    .pids(contestant)
    .map(useOf)
    .filter((use) => use !== null);
  const sum = (pick: (use: MemoryUse) => number): number =>
    uses.reduce((total, use) => total + pick(use), 0);
  return {
    processes: uses.length,
    rssMb: sum(({ rssMb }) => rssMb),
    pssMb: sum(({ pssMb }) => pssMb),
    peakRssMb: sum(({ peakRssMb }) => peakRssMb),
  };
}
