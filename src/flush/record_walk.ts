/**
 * Goes through all logs of the record, several at a time, in slices.
 *
 * Several at a time, because a log may have to wait: for its lock, or for a second look at a message that is
 * in no queue. Nobody waits for one that needn't. Logs that come or go meanwhile may or may not be met; the mark of a
 * rebuild is an empty one. Trouble with the listing is a warning. `each` is to handle the trouble with its log.
 */
import { OsError } from "../effects/os_error.ts";
import type { LogfileName } from "../names/names.ts";
import { listLogfiles } from "../record/list_logfiles.ts";
import { RECORD_DIRECTORY } from "../record/record_tools.ts";
import type { FlushTools } from "./flush_tools.ts";
import type { Slice } from "./slice.ts";

/** Logs at a time: each may hold a descriptor, and a process has a thousand of those where nobody asked for more. */
const AT_A_TIME = 64;

/** How the walk goes. */
export interface WalkOptions {
  readonly slice: Slice;
  /** Asked between slices; true: begin with no further log. */
  readonly shouldStop: () => boolean;
}

/** What is done with a log; null: it is done, or others see to the rest. */
export type Visit = (name: LogfileName) => Promise<void> | null;

/** Calls `each` for every log, once. */
export function walkRecord(tools: FlushTools, options: WalkOptions, each: Visit): Promise<void> {
  return walkLogs(logfileNames(tools), options, each);
}

/** Calls `each` for every one of these logs. */
export async function walkLogs(
  logs: Iterable<LogfileName>,
  options: WalkOptions,
  each: Visit,
): Promise<void> {
  // All workers share one list: leaving the loop early ends it for all of them.
  const names = Iterator.from(logs);
  let workerCount = 0;
  // A log that has to be waited for has the next worker begin: where none has, one works on without a promise for each.
  const work = async (): Promise<void> => {
    workerCount++;
    let next: Promise<void> | null = null;
    for (const name of names) {
      const pause = options.slice.pauseToBegin();
      if (pause !== null) {
        await pause;
      }
      if (options.shouldStop()) {
        break;
      }
      const visit = each(name);
      if (visit !== null) {
        next ??= workerCount < AT_A_TIME ? work() : null;
        await visit;
      }
    }
    await next;
  };
  await work();
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
