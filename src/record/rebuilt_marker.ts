/**
 * The mark that the record has been rebuilt: an empty file `REBUILT` among the logs.
 *
 * Its name is one that a logfile may have, so that postsuper(1) and `postfix check` accept it, and that no site's
 * has, since those are lower case. It goes as an empty log goes, at the latest after fast_flush_purge_time: so
 * it also goes with the logs when somebody removes them all, and the record is rebuilt then, and once a week.
 */
import { errorCode } from "../effects/os_error.ts";
import { type LogfileName, parseLogfileName } from "../names/names.ts";
import { LockedLogfile } from "./locked_logfile.ts";
import { logfilePath, type RecordTools } from "./record_tools.ts";

/** The file's name. */
export const REBUILT = parseLogfileName("REBUILT") as LogfileName;

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

/** Marks the record as rebuilt just now. Throws OsError. */
export function markRebuilt(tools: RecordTools): void {
  const marker = LockedLogfile.tryOpen(tools, REBUILT, { create: true });
  if (marker !== "absent" && marker !== "busy") {
    marker.touch();
    marker.close();
  }
}

/** Takes the mark away: the record is known to lack something. False: there is none, or it can't be removed. */
export function unmarkRebuilt(tools: RecordTools): boolean {
  try {
    tools.files.remove(logfilePath(tools, REBUILT));
    return true;
  } catch (caught) {
    if (errorCode(caught) === "") {
      throw caught;
    }
    return false;
  }
}
