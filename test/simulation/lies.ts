/**
 * Worlds that lie to ours, as if it had not asked: what a service that forgot a precaution would do.
 *
 * The simulation must find each of them out, or it proves nothing; and it can be tried without changing the
 * service.
 */
import type { FileStatus } from "../../src/effects/files.ts";

/** By what they say. */
export const LIES = [
  "every lock is free",
  "no log is ever removed",
  "what is in active or hold is gone",
  "every write was done",
] as const;
export type Lie = (typeof LIES)[number];

/** What a process is told of an open file. */
export function toldStatus(lie: Lie | null, status: FileStatus): FileStatus {
  return lie === "no log is ever removed" ? { ...status, linkCount: 1 } : status;
}

/** Whether a path is said not to be there. */
export function isDenied(lie: Lie | null, path: string): boolean {
  return lie === "what is in active or hold is gone" && /^(active|hold)\//.test(path);
}
