/**
 * Finds where this machine's mail log is written: the file that main.cf names, or else what syslog daemons and
 * systemd keep.
 *
 * Several of the latter may be there, and one of them may be a leftover that nobody writes any more: all are
 * read, as a line that is told twice does no harm. Never throws OsError: what can't be read is passed over.
 */
import type { Clock } from "../effects/clock.ts";
import type { Files } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import type { Programs } from "../effects/programs.ts";
import { Journal } from "./journal.ts";
import { LogFile } from "./log_file.ts";
import type { MailLog } from "./mail_log.ts";

/** Where syslog daemons write the mail log: Debian's and Red Hat's ways. */
export const SYSLOG_PATHS = ["/var/log/mail.log", "/var/log/maillog"] as const;

/** What is needed to look for logs. */
export interface LogTools {
  readonly files: Files;
  readonly programs: Programs;
  readonly clock: Clock;
  /** Of main.cf; empty: syslog is used. A byte string. */
  readonly maillogFile: string;
}

/** The logs, from their present end on. */
export async function openMailLogs(tools: LogTools): Promise<MailLog[]> {
  if (tools.maillogFile !== "") {
    return openFiles(tools.files, [tools.maillogFile], false);
  }
  const journal = await Journal.open(tools.programs, tools.clock);
  const present = SYSLOG_PATHS.filter((path) => isThere(tools.files, path));
  return [...openFiles(tools.files, present, true), ...(journal === null ? [] : [journal])];
}

function openFiles(files: Files, paths: readonly string[], isShared: boolean): LogFile[] {
  return paths.flatMap((path) => {
    try {
      return [new LogFile(files, path, isShared)];
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      return [];
    }
  });
}

function isThere(files: Files, path: string): boolean {
  try {
    return files.statusOf(path).kind === "file";
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    return false;
  }
}
