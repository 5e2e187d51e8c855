/**
 * Says which log a site is recorded in: eligibility first, then the logfile's name, as in the original (spec
 * section 1.5).
 */
import type { LogfileName, SiteName } from "../names/names.ts";
import { STATUS, type Status } from "../wire/request.ts";
import type { FlushTools } from "./flush_tools.ts";

/**
 * The shortest logfile name that is made. postsuper(1) and the original take a name of one letter for
 * a hashed directory and end with an error, so that Postfix would not start any more.
 */
const LOGFILE_NAME_LENGTH_MIN = 2;

/** The logfile of an eligible site, or the status that says why there is none. */
export function recordedLogfile(
  { eligible, logfileName }: Pick<FlushTools, "eligible" | "logfileName">,
  site: SiteName,
): LogfileName | Status {
  switch (eligible(site)) {
    case "error":
      return STATUS.fail;
    case "no-match":
      return STATUS.deny;
    case "match":
      break;
  }
  const name = logfileName(site);
  return name === null || name.length < LOGFILE_NAME_LENGTH_MIN ? STATUS.deny : name;
}
