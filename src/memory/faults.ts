/**
 * Faults on order: what a test or a simulator lets go wrong with files in memory.
 *
 * A hook is asked before every call and answers out of its own knowledge (a count, a list, a seeded
 * generator); nothing here is random.
 */
import type { Files } from "../effects/files.ts";
import type { OsError } from "../effects/os_error.ts";

/** A call that is about to be made. */
export interface FaultPoint {
  /** `readDirectory` is DirectoryReader.next. */
  readonly operation: keyof Files | "readDirectory";
  /** The path given, or the one that the descriptor was opened by; of `rename` the old one. */
  readonly path: string;
  /** Of `open`: it is about to make the file, for which a full disk has no room. */
  readonly makesFile?: boolean;
}

/** What becomes of it, if anything. */
export interface Fault {
  /** It does nothing and throws this. */
  readonly error?: OsError;
  /** With an error of `close`, `closeWritten` or `confirmWritten`: what was written since it was last confirmed is not there. */
  readonly forgets?: boolean;
  /** `read`, `write` and `append` take no more than so many bytes. */
  readonly takeBytes?: number;
  /** The process is killed, before the call or when it has had its (perhaps partial) effect. */
  readonly crash?: "before" | "after";
}

export type FaultHook = (point: FaultPoint) => Fault | null;

/** Thrown out of the call that a killed process was in, and by each one that it still tries. */
export class ProcessKilled extends Error {
  override readonly name = "ProcessKilled";
}
