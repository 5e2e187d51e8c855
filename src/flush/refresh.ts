/**
 * The work behind the refresh and purge requests and master's wake-up: one walk over the record.
 *
 * Logs that nobody has read for long are sent (without unthrottling), so that entries of sites that
 * never ask don't pile up; empty logs that were not touched for long are removed. Eligibility is not
 * asked, as in the original: logs of sites that are no longer eligible are emptied this way.
 *
 * Ages are counted in whole seconds and must exceed the limit. Removal takes the lock and looks again,
 * so that no add is lost to it (the original's does not, spec section 10 row 21). Trouble with one log
 * is one warning, and the walk goes on.
 */
import { wallSeconds } from "../effects/clock.ts";
import type { FileStatus } from "../effects/files.ts";
import { logVerbosely } from "../effects/log.ts";
import { errorCode, OsError } from "../effects/os_error.ts";
import type { LogfileName } from "../names/names.ts";
import { listLogfiles } from "../record/list_logfiles.ts";
import { LockedLogfile } from "../record/locked_logfile.ts";
import { logfilePath, RECORD_DIRECTORY } from "../record/record_tools.ts";
import type { FlushTools } from "./flush_tools.ts";
import type { LogfilesInUse } from "./logfiles_in_use.ts";
import { sendLogfile } from "./send_logfile.ts";
import { warnOfSend } from "./send_site.ts";
import { Slice } from "./slice.ts";
import { WakeUps } from "./wake_ups.ts";

const NS_PER_SECOND = 1_000_000_000n;
const SECONDS_PER_HOUR = 3600;
const SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR;

/** What kind of walk it is. */
export interface RefreshOptions {
  /** A log is sent when it was not read for longer; 0 for a purge. */
  readonly unreadSecondsMax: number;
  /** Asked between slices; true: end as soon as the log in hand is consistent. */
  readonly shouldStop: () => boolean;
}

/** Walks over the record once. */
export async function refresh(
  tools: FlushTools,
  inUse: LogfilesInUse,
  options: RefreshOptions,
): Promise<void> {
  const wakeUps = new WakeUps(tools.clock, tools.queueManager, "I");
  const slice = new Slice(tools.clock);
  const unreadable = (path: string, error: OsError): void =>
    tools.log.warning(`scan_dir_push: open directory ${path}: ${error.text}`);
  try {
    for (const names of listLogfiles(tools.files, unreadable)) {
      for (const name of names) {
        await refreshOne(tools, inUse, name, wakeUps, options);
        await slice.pause();
        if (options.shouldStop()) {
          return;
        }
      }
    }
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    unreadable(RECORD_DIRECTORY, caught);
  } finally {
    await wakeUps.finish();
  }
}

async function refreshOne(
  tools: FlushTools,
  inUse: LogfilesInUse,
  name: LogfileName,
  wakeUps: WakeUps,
  options: RefreshOptions,
): Promise<void> {
  const path = logfilePath(tools, name);
  const status = lookAt(tools, path);
  if (status === null) {
    return;
  }
  if (status.sizeBytes === 0) {
    removeIfOld(tools, name, path, status);
    return;
  }
  const unreadSeconds = wallSeconds(tools.clock) - seconds(status.atimeNs);
  if (unreadSeconds <= options.unreadSecondsMax) {
    logVerbosely(tools.log, () => {
      const hours = Math.trunc(options.unreadSecondsMax / SECONDS_PER_HOUR);
      return `flush_refresh_service: skip logfile ${name}, unread for <${hours} hours(s) `;
    });
    return;
  }
  logVerbosely(tools.log, () => `flush_refresh_service: flush logfile ${name}`);
  try {
    const { shouldStop } = options;
    await sendLogfile(tools, inUse, name, wakeUps, { unthrottleFirst: false, shouldStop });
  } catch (caught) {
    warnOfSend(tools, name, caught);
  }
}

/** The status of a logfile; null where there is none (or none at the place its name says). */
function lookAt(tools: FlushTools, path: string): FileStatus | null {
  try {
    const status = tools.files.statusOf(path);
    if (status.kind === "file") {
      return status;
    }
    tools.log.warning(`flush_refresh_service: ${path}: not a regular file`);
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    if (caught.code !== "ENOENT") {
      tools.log.warning(`flush_refresh_service: stat ${path}: ${caught.text}`);
    }
  }
  return null;
}

function removeIfOld(tools: FlushTools, name: LogfileName, path: string, status: FileStatus): void {
  const isOld = (modifiedSeconds: number): boolean =>
    modifiedSeconds + tools.purgeSeconds < wallSeconds(tools.clock);
  if (!isOld(seconds(status.mtimeNs))) {
    logVerbosely(tools.log, () => `flush_refresh_service: skip logfile ${name} - empty log`);
    return;
  }
  try {
    const log = LockedLogfile.tryOpen(tools, name, { create: false });
    if (log === "absent" || log === "busy") {
      return;
    }
    try {
      if (log.sizeBytes === 0 && isOld(log.modifiedSeconds)) {
        const days = Math.trunc(tools.purgeSeconds / SECONDS_PER_DAY);
        logVerbosely(
          tools.log,
          () => `flush_refresh_service: unlink ${path}, empty and unchanged for ${days} days`,
        );
        log.remove();
      }
    } finally {
      log.close();
    }
  } catch (caught) {
    if (errorCode(caught) === "") {
      throw caught;
    }
    tools.log.warning(`remove logfile ${path}: ${(caught as OsError).text}`);
  }
}

function seconds(ns: bigint): number {
  return Number(ns / NS_PER_SECOND);
}
