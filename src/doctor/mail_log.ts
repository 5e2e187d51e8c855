/**
 * Whether Postfix has anywhere to log: a file of its own, or a syslog daemon. Where it has neither, every line is lost
 * without a word.
 */
import type { Files } from "../effects/files.ts";
import { errorCode } from "../effects/os_error.ts";

/** Where syslog daemons and systemd's journal listen. */
export const SYSLOG_SOCKET = "/dev/log";

/** `maillogFile`: of main.cf, empty unless set. What can't be told is taken for a log. */
export function hasMailLog(files: Pick<Files, "statusOf">, maillogFile: string): boolean {
  if (maillogFile !== "") {
    return true;
  }
  try {
    files.statusOf(SYSLOG_SOCKET, { followLink: true });
    return true;
  } catch (caught) {
    const code = errorCode(caught);
    if (code === "") {
      throw caught;
    }
    return code !== "ENOENT" && code !== "ENOTDIR";
  }
}
