/**
 * Goes through all logs of the record, several at a time, in slices.
 *
 * Several at a time, because a log may have to wait: for its lock, or for a second look at a message that is
 * in no queue. Logs that come or go meanwhile may or may not be met; the mark of a rebuild is an empty one. Trouble
 * with the listing is a warning. `each` is to handle the trouble with its log.
 */
import { OsError } from "../effects/os_error.ts";
import type { LogfileName } from "../names/names.ts";
import { listLogfiles } from "../record/list_logfiles.ts";
import { RECORD_DIRECTORY } from "../record/record_tools.ts";
import type { FlushTools } from "./flush_tools.ts";
import type { Slice } from "./slice.ts";

/** Logs at a time: each may hold a descriptor, and a process has a thousand of those where nobody asked for more. */
const AT_A_TIME = 64;

/**
 * The same for a walk without rests. A log whose message is gone takes 60 µs of work, and waits 10 ms for the second
 * look: of fewer logs, all would soon wait. With rests the clock isn't what holds a walk up, and each log that is under way
 * stays locked the longer.
 */
export const AT_A_TIME_WITHOUT_RESTS = 256;

/** How the walk goes. */
export interface WalkOptions {
  readonly slice: Slice;
  /** Asked between slices; true: begin with no further log. */
  readonly shouldStop: () => boolean;
  /** So many logs; 64 unless set. */
  readonly atATime?: number;
}

/** Calls `each` for every log, once. */
export function walkRecord(
  tools: FlushTools,
  options: WalkOptions,
  each: (name: LogfileName) => Promise<void>,
): Promise<void> {
  return walkLogs(logfileNames(tools), options, each);
}

/** Calls `each` for every one of these logs. */
export async function walkLogs(
  logs: Iterable<LogfileName>,
  options: WalkOptions,
  each: (name: LogfileName) => Promise<void>,
): Promise<void> {
  // All workers share one list: leaving the loop early ends it for all of them.
  const names = Iterator.from(logs);
  const worker = async (): Promise<void> => {
    for (const name of names) {
      const pause = options.slice.pause();
      if (pause !== null) {
        await pause;
      }
      if (options.shouldStop()) {
        return;
      }
      await each(name);
    }
  };
  await Promise.all(Array.from({ length: options.atATime ?? AT_A_TIME }, worker));
}

/** The names of all logs. Trouble with the listing is a warning. */
export function* logfileNames(tools: FlushTools): Generator<LogfileName, void, void> {
  const unreadable = (path: string, error: OsError): void =>
    tools.log.warning(`scan_dir_push: open directory ${path}: ${error.text}`);
  try {
    for (const names of listLogfiles(tools.files, unreadable)) {
      yield* names;
    }
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    unreadable(RECORD_DIRECTORY, caught);
  }
}
