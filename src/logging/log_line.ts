/**
 * Log lines as Postfix's daemons write them, for syslog(3)'s socket and for postlogd(8).
 *
 * Pure. Time is local time. Text is made harmless: bytes that don't print become `?`, valid UTF-8
 * stays where smtputf8_enable says so, and what is longer than Postfix's own limit is cut.
 */
import type { LocalTime } from "../effects/local_time.ts";

export type Severity = "info" | "warning" | "error" | "fatal";

/** Postfix cuts its log text here, before a syslogd could; the severity in front of it does not count. */
const TEXT_BYTES_MAX = 2000;

/** A character in UTF-8 (RFC 3629, section 4), which is captured, or a byte that does not print. */
const UTF8_OR_UNPRINTABLE =
  /([\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})|[^\x20-\x7e]/g;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Priorities of syslog(3). `fatal` is LOG_CRIT, as in Postfix. */
const PRIORITY: Readonly<Record<Severity, number>> = { fatal: 2, error: 3, warning: 4, info: 6 };

/** Facilities of syslog(3) by the names of syslog_facility (postconf(5)). */
const FACILITY = new Map(
  Object.entries({
    auth: 4,
    authpriv: 10,
    cron: 9,
    daemon: 3,
    ftp: 11,
    kern: 0,
    lpr: 6,
    mail: 2,
    news: 7,
    syslog: 5,
    user: 1,
    uucp: 8,
    local0: 16,
    local1: 17,
    local2: 18,
    local3: 19,
    local4: 20,
    local5: 21,
    local6: 22,
    local7: 23,
  }),
);

/** Number of a syslog facility, or null where there is none of that name. */
export function facilityNumber(name: string): number | null {
  return FACILITY.get(name) ?? null;
}

/** Severity and text as they stand behind the tag: "warning: ...". */
export function messageText(severity: Severity, text: string, keepUtf8: boolean): string {
  const prefix = severity === "info" ? "" : `${severity}: `;
  return prefix + sanitize(text, keepUtf8).slice(0, TEXT_BYTES_MAX);
}

/** A datagram for syslogd: `<PRI>Mon  d HH:MM:SS TAG[PID]: text`. */
export function syslogLine(
  line: { readonly severity: Severity; readonly facility: number; readonly label: string },
  time: LocalTime,
  message: string,
): string {
  const priority = line.facility * 8 + PRIORITY[line.severity];
  const day = String(time.day).padStart(2, " ");
  return `<${priority}>${monthOf(time)} ${day} ${clockOf(time)} ${line.label}: ${message}`;
}

/** A datagram for postlogd(8): `Mon dd HH:MM:SS HOST TAG[PID]: text`. */
export function postlogLine(host: string, label: string, time: LocalTime, message: string): string {
  return `${monthOf(time)} ${two(time.day)} ${clockOf(time)} ${host} ${label}: ${message}`;
}

/** Makes text from outside fit for a log that is shown on terminals. */
export function sanitize(text: string, keepUtf8: boolean): string {
  if (!/[^\x20-\x7e]/.test(text)) {
    return text;
  }
  return keepUtf8
    ? text.replace(UTF8_OR_UNPRINTABLE, (_, character?: string) => character ?? "?")
    : text.replace(/[^\x20-\x7e]/g, "?");
}

function monthOf({ month }: LocalTime): string {
  return MONTHS[month] ?? "";
}

function clockOf({ hours, minutes, seconds }: LocalTime): string {
  return `${two(hours)}:${two(minutes)}:${two(seconds)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
