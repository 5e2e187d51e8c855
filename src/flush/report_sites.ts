/**
 * The sites request: what is recorded, a log at a time. Changes nothing.
 *
 * A log's name can't be turned back into its sites: those are read off its first messages, each of which is read once
 * for all the logs that name it. When a log was added to
 * and sent is told as far as its time stamps still say.
 */
import type { FileStatus } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import type { LogfileName, QueueId } from "../names/names.ts";
import { readEntries } from "../record/read_entries.ts";
import { logfilePath } from "../record/record_tools.ts";
import { STATUS, type Status } from "../wire/request.ts";
import type { FlushTools } from "./flush_tools.ts";
import { warnOfLogfile } from "./logfile_trouble.ts";
import { LogsOfMessages } from "./logs_of_messages.ts";
import { logfileNames } from "./record_walk.ts";
import type { ReportEnd, ReportWriter } from "./report_writer.ts";
import type { Slice } from "./slice.ts";

/** So many messages of a log are asked for the site's name. */
const ASKED_MAX = 5;

const NS_PER_SECOND = 1_000_000_000n;

/** Writes an item for each log that is not empty, and returns what the end is to say. */
export async function reportSites(
  tools: FlushTools,
  report: ReportWriter,
  slice: Slice,
): Promise<ReportEnd> {
  const totals = { logs: 0, entries: 0, bytes: 0 };
  const readings = new LogsOfMessages(tools, slice);
  let status: Status = STATUS.ok;
  for (const name of logfileNames(tools)) {
    await slice.pause();
    if (report.isGone) {
      break;
    }
    try {
      const log = await look(tools, readings, name, slice);
      if (log !== null) {
        totals.logs++;
        totals.entries += log.entries;
        totals.bytes += log.bytes;
        await report.item("site", Object.entries({ logfile: name, ...log }));
      }
    } catch (caught) {
      warnOfLogfile(tools, "sites", name, caught);
      status = STATUS.fail;
    }
  }
  return { status, totals: Object.entries(totals) };
}

async function look(tools: FlushTools, readings: LogsOfMessages, name: LogfileName, slice: Slice) {
  const status = statusOf(tools, name);
  if (status === null || status.kind !== "file" || status.sizeBytes === 0) {
    return null;
  }
  const first: QueueId[] = [];
  let entries = 0;
  for (const ids of readEntries(tools, name)) {
    entries += ids.length;
    first.push(...ids.slice(0, ASKED_MAX - first.length));
    await slice.pause();
  }
  const names = (await sitesOf(readings, name, first, slice)).join(",");
  return { entries, bytes: status.sizeBytes, ...timesOf(status), names };
}

/** Null: gone meanwhile, or not at the place that its name says. */
function statusOf(tools: FlushTools, name: LogfileName): FileStatus | null {
  try {
    return tools.files.statusOf(logfilePath(tools, name));
  } catch (caught) {
    if (caught instanceof OsError && caught.code === "ENOENT") {
      return null;
    }
    throw caught;
  }
}

/**
 * A flush of ours leaves whole seconds in atime, the original's and a new log's have fractions; an add moves mtime
 * alone.
 */
function timesOf({ atimeNs, mtimeNs }: FileStatus): { added: string; sent: string } {
  const isSent = atimeNs % NS_PER_SECOND === 0n;
  const isAdded = mtimeNs > atimeNs || !isSent;
  return {
    added: isAdded ? String(mtimeNs / NS_PER_SECOND) : "",
    sent: isSent ? String(atimeNs / NS_PER_SECOND) : "",
  };
}

/** The sites of these messages that this log is for. */
async function sitesOf(
  readings: LogsOfMessages,
  name: LogfileName,
  ids: readonly QueueId[],
  slice: Slice,
): Promise<string[]> {
  const sites = new Set<string>();
  for (const id of ids) {
    await slice.pause();
    for (const site of await readings.sitesIn(name, id)) {
      sites.add(site);
    }
  }
  return [...sites];
}
