/**
 * The one warning of trouble with a log as a whole: which work met it, at which step, and what the system said.
 *
 *     flush_send_path: open fast flush logfile example_com: Permission denied
 */
import { OsError } from "../effects/os_error.ts";
import type { LogfileName } from "../names/names.ts";
import type { FlushTools } from "./flush_tools.ts";

/** Warns of an OsError, whose operation is the step; rethrows what is no trouble with the log. */
export function warnOfLogfile(
  { log }: Pick<FlushTools, "log">,
  work: string,
  name: LogfileName,
  caught: unknown,
): void {
  if (!(caught instanceof OsError)) {
    throw caught;
  }
  log.warning(`${work}: ${caught.operation} fast flush logfile ${name}: ${caught.text}`);
}
