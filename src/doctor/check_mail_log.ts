/**
 * The mail log: whether there is one. Pure.
 */
import { commandLine } from "../installation/shell_words.ts";
import { type Check, commandsFor, entryName, finding } from "./check.ts";
import { SYSLOG_SOCKET } from "./mail_log.ts";
import type { SetUp } from "./set_up.ts";

/** The service that writes to maillog_file, as Postfix comes with it. */
const POSTLOG = "postlog/unix-dgram";
const POSTLOG_ENTRY = "postlog unix-dgram n - n - 1 postlogd";

/** Where Postfix lets logs be, unless told otherwise. */
const DEFAULT_PREFIX = "/var";

/** What Postfix does is logged. */
export const mailLogThere: Check = {
  run: (setUp) => {
    if (setUp.hasMailLog) {
      return [];
    }
    const what = `Postfix logs nowhere: maillog_file is not set, and nothing listens at ${SYSLOG_SOCKET}.`;
    return [finding("mail-log-missing", what, logging(setUp))];
  },
  well: ({ configuration }) => {
    const { maillog_file } = configuration.values;
    return `there is a mail log: ${maillog_file === "" ? `by way of ${SYSLOG_SOCKET}` : maillog_file}`;
  },
};

/** Postfix's own log needs no other daemon. */
function logging(setUp: SetUp): string {
  const { directory, values, entries } = setUp.configuration;
  const prefixes = values.maillog_file_prefixes.split(/[\s,]+/);
  const [prefix = DEFAULT_PREFIX] = prefixes.filter((each) => !each.startsWith("/dev"));
  const file = prefix === DEFAULT_PREFIX ? `${prefix}/log/postfix.log` : `${prefix}/postfix.log`;
  const missing = entries.some((entry) => entryName(entry) === POSTLOG)
    ? []
    : [commandLine("postconf", "-c", directory, "-M", `${POSTLOG}=${POSTLOG_ENTRY}`)];
  const setting = commandLine("postconf", "-c", directory, "-e", `maillog_file=${file}`);
  return commandsFor(setUp).applied(...missing, setting);
}
