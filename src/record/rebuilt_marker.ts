/**
 * The mark that the record has been rebuilt: an empty file `REBUILT` among the logs; `REBUILDING` while a rebuild is in hand.
 *
 * A rebuild that has read the queues can't know that another process's add fails behind it. So whoever can't write an
 * entry takes the mark away under either name, which a full disk allows, and a rebuild that is complete renames its own, which
 * fails where there is none. One that ends midway leaves no REBUILT behind.
 *
 * Both names are ones that a logfile may have, so that postsuper(1) and `postfix check` accept them, and that no site's
 * has, since those are lower case. The mark goes as an empty log goes, at the latest after fast_flush_purge_time: so
 * it also goes with the logs when somebody removes them all, and the record is rebuilt then, and once a week.
 */
import { wallSeconds } from "../effects/clock.ts";
import { errorCode, unlessAbsent } from "../effects/os_error.ts";
import { type LogfileName, parseLogfileName } from "../names/names.ts";
import { makeLogfileDirectories } from "./locked_logfile.ts";
import { logfilePath, type RecordTools } from "./record_tools.ts";

/** The file's name, and that which it has meanwhile. */
export const REBUILT = parseLogfileName("REBUILT") as LogfileName;
export const REBUILDING = parseLogfileName("REBUILDING") as LogfileName;

/** Whether the record has been rebuilt. What can't be told counts as yes: a rebuild would fail too. */
export function isRebuilt(tools: RecordTools): boolean {
  try {
    tools.files.statusOf(logfilePath(tools, REBUILT));
    return true;
  } catch (caught) {
    const code = errorCode(caught);
    if (code === "") {
      throw caught;
    }
    return code !== "ENOENT";
  }
}

/** Marks that a rebuild is in hand, before it reads the queues. Throws OsError. */
export function markRebuilding(tools: RecordTools): void {
  makeLogfileDirectories(tools, REBUILT);
  makeLogfileDirectories(tools, REBUILDING);
  const path = logfilePath(tools, REBUILDING);
  if (!unlessAbsent(() => tools.files.rename(logfilePath(tools, REBUILT), path))) {
    tools.files.close(tools.files.open(path, { access: "write", create: true }));
  }
}

/** Marks the record as rebuilt just now. False: the mark was taken away meanwhile. Throws OsError. */
export function markRebuilt(tools: RecordTools): boolean {
  const path = logfilePath(tools, REBUILDING);
  tools.files.setTimes(path, wallSeconds(tools.clock));
  return unlessAbsent(() => tools.files.rename(path, logfilePath(tools, REBUILT)));
}

/**
 * Takes the mark away, and that of a rebuild in hand: the record is known to lack something. False: they may be there still.
 *
 * In this order, since a rebuild may end in between: its mark is met under the one name or the other.
 */
export function unmarkRebuilt({ files, hashing }: RecordTools): boolean {
  try {
    for (const name of [REBUILDING, REBUILT]) {
      unlessAbsent(() => files.remove(logfilePath({ hashing }, name)));
    }
    return true;
  } catch (caught) {
    if (errorCode(caught) === "") {
      throw caught;
    }
    return false;
  }
}
