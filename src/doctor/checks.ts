/**
 * All checks, in the order in which what is good is told.
 */
import type { Check } from "./check.ts";
import { listsReadable, serviceOn } from "./check_domains.ts";
import { entryIsOurs, entrySettings, entryThere, maxUse } from "./check_entry.ts";
import { etrnRestricted } from "./check_etrn.ts";
import { mailLogThere } from "./check_mail_log.ts";
import { postfixVersion, programSound } from "./check_programs.ts";
import { diskSound, foldersSound, logsSound, refreshLong, timesSound } from "./check_queue.ts";
import { queueManagerThere } from "./check_queue_manager.ts";
import { configurationRead, environmentClean, filesCurrent, postfixRuns } from "./check_running.ts";
import { recordExact, serviceAnswers, sitesRecorded } from "./check_service.ts";

/** Each is about something else. */
export const CHECKS: readonly Check[] = [
  postfixRuns,
  postfixVersion,
  environmentClean,
  serviceOn,
  listsReadable,
  sitesRecorded,
  entryThere,
  entryIsOurs,
  entrySettings,
  maxUse,
  queueManagerThere,
  programSound,
  filesCurrent,
  configurationRead,
  serviceAnswers,
  foldersSound,
  logsSound,
  recordExact,
  timesSound,
  refreshLong,
  etrnRestricted,
  mailLogThere,
  diskSound,
];
