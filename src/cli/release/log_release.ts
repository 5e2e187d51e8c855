/**
 * Leaves a line in the mail log about messages that were released one by one, by means of postlog(1): the original
 * flush service says nothing of what it releases, and ours not why. Says so where that can't be done.
 */
import { hasMailLog, SYSLOG_SOCKET } from "../../doctor/mail_log.ts";
import { OsError } from "../../effects/os_error.ts";
import type { CommandTools } from "../command_tools.ts";
import type { Sum } from "../run_requests.ts";

const LIMIT_MS = 10_000;

/** So much of what was selected is shown in the log. */
const SHOWN_LENGTH_MAX = 200;

const PROGRAM = "fastflush";

/** What is to be logged. Byte strings. */
export interface ReleaseNote {
  /** As the operator wrote it. */
  readonly selected: string;
  readonly reason: string;
  readonly totals: NonNullable<Sum["totals"]>;
}

/** Logs a release; false: that was not possible, and whoever runs the command has been told. */
export async function logRelease(tools: CommandTools, note: ReleaseNote): Promise<boolean> {
  const line = noteText(note, tools.instance.logging.userId);
  return await logLine(tools, line, note.reason === "" ? "Who released this" : "The reason");
}

/** Logs a line, a byte string without control characters; false: `what` is not in the log, and that has been told. */
export async function logLine(
  { instance, programs, terminal, machine }: CommandTools,
  line: string,
  what: string,
): Promise<boolean> {
  const { syslogName, maillogFile } = instance.logging;
  const tag = `${syslogName}/${PROGRAM}`;
  const words = ["postlog", "-c", instance.configDirectory, "-p", "info", "-t", tag, line];
  const why = hasMailLog(machine.files, maillogFile)
    ? await failureOf(programs, words)
    : `there is none, as maillog_file is not set and nothing listens at ${SYSLOG_SOCKET}`;
  if (why !== null) {
    terminal.err(`${what} is not in the mail log: ${why}.\n`);
  }
  return why === null;
}

function noteText({ selected, reason, totals }: ReleaseNote, userId: number): string {
  const count = (name: string): string => `${name}=${totals.get(name) ?? 0}`;
  const counts = ["released", "kept", "gone", "failed"].map(count).join(", ");
  return `flush: by queue ID, ${orderText(selected, userId)}, ${counts}${reasonText(reason)}`;
}

/** Who selected what. */
export function orderText(selected: string, userId: number): string {
  const what = selected.slice(0, SHOWN_LENGTH_MAX).replace(/[^\x20-\x7e]/g, "?");
  return `selected=${what}, uid=${userId}`;
}

/** Why; nothing where no reason was given. */
export function reasonText(reason: string): string {
  return reason === "" ? "" : `, reason=${reason.replace(/[\x00-\x1f\x7f]/g, "?")}`;
}

async function failureOf(
  programs: CommandTools["programs"],
  words: readonly string[],
): Promise<string | null> {
  try {
    const { status } = await programs.run(words, { limitMs: LIMIT_MS });
    return status === 0 ? null : `postlog ended with status ${status ?? "unknown"}`;
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    return `postlog can't be started (${caught.text})`;
  }
}
