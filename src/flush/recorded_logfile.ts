/**
 * Says which log a site is recorded in: eligibility first, then the logfile's name, as in the original (spec
 * section 1.5).
 */

import type { Verdict } from "../eligibility/domain_list.ts";
import type { LogfileName, SiteName } from "../names/names.ts";
import { type Exchange, STATUS, type Status } from "../wire/request.ts";
import type { FlushTools } from "./flush_tools.ts";

/**
 * The shortest logfile name that is made. postsuper(1) and the original take a name of one letter for
 * a hashed directory and end with an error, so that Postfix would not start any more.
 */
const LOGFILE_NAME_LENGTH_MIN = 2;

/** The logfile of an eligible site, or the status that says why there is none. */
export type Recorded = LogfileName | Status;

/** At once, unless somebody has to be asked whether the site is eligible. */
export function recordedLogfile(
  tools: Pick<FlushTools, "eligible" | "logfileName">,
  site: SiteName,
): Recorded | Promise<Recorded> {
  const verdict = tools.eligible(site);
  return verdict instanceof Promise
    ? verdict.then((known) => logfileBy(tools, site, known))
    : logfileBy(tools, site, verdict);
}

function logfileBy(
  { logfileName }: Pick<FlushTools, "logfileName">,
  site: SiteName,
  verdict: Verdict,
): Recorded {
  switch (verdict) {
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

/** Goes on with a site's logfile, or refuses: at once, unless somebody has to be asked. */
export function withLogfile(
  tools: Pick<FlushTools, "eligible" | "logfileName">,
  site: SiteName,
  exchange: Exchange,
  goOn: (logfile: LogfileName) => void,
): void {
  const take = (logfile: Recorded): void => {
    if (typeof logfile === "number") {
      refuse(exchange, logfile);
    } else {
      goOn(logfile);
    }
  };
  const recorded = recordedLogfile(tools, site);
  if (recorded instanceof Promise) {
    void recorded.then(take);
  } else {
    take(recorded);
  }
}

/** Ends a request that is not served. */
export function refuse(exchange: Exchange, status: Status): void {
  exchange.answer(status);
  exchange.finish();
}
