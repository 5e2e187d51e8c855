/**
 * Turns a drawn trouble into a fault of the call that it meets, or into none where it can't happen there.
 */
import { OsError } from "../../src/effects/os_error.ts";
import type { Fault, FaultPoint } from "../../src/memory/faults.ts";
import { CHARGED } from "./known.ts";
import type { Trouble } from "./step.ts";

/** What is known of the call. */
export interface Circumstances {
  /** Where a write goes to; null for other calls. */
  readonly position: number | null;
  /** The size of the file. */
  readonly sizeBytes: number;
  /** The process has not yet dealt with a short write. */
  readonly isAfterShortWrite: boolean;
}

/** The fault, or null. */
export function faultOf(
  trouble: Trouble,
  { operation }: FaultPoint,
  { position, sizeBytes, isAfterShortWrite }: Circumstances,
): Fault | null {
  if (isAfterShortWrite && !CHARGED.tornAppends) {
    return operation === "write" && trouble.kind === "error"
      ? { error: new OsError(trouble.code, operation) }
      : null;
  }
  switch (trouble.kind) {
    case "killed before":
      return { crash: "before" };
    case "killed after":
      return { crash: "after" };
    case "torn": {
      const isAppend = position === null || position >= sizeBytes;
      const isTearable = position !== null && (!isAppend || CHARGED.tornAppends);
      return isTearable ? { takeBytes: trouble.takeBytes, crash: "after" } : { crash: "before" };
    }
    case "short":
      return position === null ? null : { takeBytes: trouble.takeBytes };
    case "error":
      return operation === "close" && !CHARGED.failingCloses
        ? null
        : { error: new OsError(trouble.code, operation) };
  }
}
