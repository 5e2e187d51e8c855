/** Everything that reads bytes from outside. */
import type { Target } from "./target.ts";
import { CONFIGURATION } from "./targets/configuration.ts";
import { DEFER_FILES } from "./targets/defer_files.ts";
import { GREETINGS } from "./targets/greetings.ts";
import { KEPT_INDEX } from "./targets/kept_index.ts";
import { LOGFILES } from "./targets/logfiles.ts";
import { LOOKUP_ANSWERS } from "./targets/lookup_answers.ts";
import { MAIL_LOG } from "./targets/mail_log.ts";
import { NAMES } from "./targets/names.ts";
import { OPTIONS } from "./targets/options.ts";
import { QUEUE_FILES } from "./targets/queue_files.ts";
import { REPORTS } from "./targets/reports.ts";
import { REQUESTS } from "./targets/requests.ts";
import { ROUTES } from "./targets/routes.ts";
import { SITE_LISTS } from "./targets/site_lists.ts";
import { TABLES } from "./targets/tables.ts";

export const TARGETS: readonly Target[] = [
  REQUESTS,
  REPORTS,
  CONFIGURATION,
  OPTIONS,
  TABLES,
  LOOKUP_ANSWERS,
  LOGFILES,
  QUEUE_FILES,
  DEFER_FILES,
  MAIL_LOG,
  NAMES,
  SITE_LISTS,
  KEPT_INDEX,
  GREETINGS,
  ROUTES,
];
