/**
 * What every function of this room works with: the files of the record and the rules that say where
 * in `flush/` a logfile lies.
 */
import type { Clock } from "../effects/clock.ts";
import type { Files, PathParts } from "../effects/files.ts";
import {
  type HashingRules,
  hashedDirectory,
  hashedPath,
  hashedPathParts,
} from "../names/hashed_path.ts";
import type { LogfileName } from "../names/names.ts";

export interface RecordTools {
  readonly files: Files;
  readonly clock: Clock;
  readonly hashing: HashingRules;
}

/** The directory that holds the record, below the queue directory. */
export const RECORD_DIRECTORY = "flush";

/** The path of a logfile: "flush/example_com". */
export function logfilePath(tools: Pick<RecordTools, "hashing">, name: LogfileName): string {
  return hashedPath(RECORD_DIRECTORY, name, tools.hashing);
}

/** The same, not put together: what an add opens. */
export function logfilePathParts(
  tools: Pick<RecordTools, "hashing">,
  name: LogfileName,
): PathParts {
  return hashedPathParts(RECORD_DIRECTORY, name, tools.hashing);
}

/** The directory that a logfile lies in, with a slash at its end. */
export function logfileDirectory(tools: RecordTools, name: LogfileName): string {
  return hashedDirectory(RECORD_DIRECTORY, name, tools.hashing);
}
