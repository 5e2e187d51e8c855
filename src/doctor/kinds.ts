/**
 * What the doctor may find: each kind with its severity, when it is found, and why it matters. docs/COMMAND.md shows
 * this table. The names are a contract with scripts, as exit statuses are.
 */

/** `error`: it does not work, or is dangerous. `warning`: it works less well than one thinks. `advice`: it may stay. */
export type Severity = "error" | "warning" | "advice";

interface Kind {
  readonly severity: Severity;
  /** When it is found. */
  readonly when: string;
  /** In one sentence. */
  readonly why: string;
}

const SITE_NOT_RECORDED =
  "Its deferred mail is not recorded: ETRN and postqueue refuse it; fastflush send releases it one by one.";
const NOTHING_RECORDED =
  "No deferred mail is recorded, so that no destination's mail can be flushed.";
const HANGS = "Delivery agents wait for the flush service: with it, before long, all mail.";

export const KINDS = {
  "service-off": {
    severity: "error",
    when: "`fast_flush_domains` is set to nothing",
    why: NOTHING_RECORDED,
  },
  "relay-domains-trap": {
    severity: "error",
    when: "`fast_flush_domains` is `$relay_domains`, its default, and that is empty, its default from `compatibility_level` 2 on",
    why: NOTHING_RECORDED,
  },
  "mydestination-only": {
    severity: "warning",
    when: "`fast_flush_domains` is by default what `mydestination` is (`compatibility_level` below 2)",
    why: "Those are the domains of this machine; mail that it passes on is not recorded.",
  },
  "table-unsupported": {
    severity: "error",
    when: "`fast_flush_domains` has a table of a type that this Postfix does not have",
    why: "A site that is looked up there is not recorded, and postqueue says that the mail system is down.",
  },
  "list-unreadable": {
    severity: "error",
    when: "a file of `fast_flush_domains` is missing or can't be read",
    why: "Sites that are looked up there are not recorded.",
  },
  "site-not-recorded": {
    severity: "error",
    when: "a SITE that was named is not in `fast_flush_domains`",
    why: SITE_NOT_RECORDED,
  },
  "site-refused": {
    severity: "error",
    when: "a SITE that was named is in `fast_flush_domains`, and the running service keeps no log for it",
    why: SITE_NOT_RECORDED,
  },
  "entry-missing": {
    severity: "error",
    when: "master.cf has no entry for the flush service, or not as a UNIX socket",
    why: NOTHING_RECORDED,
  },
  "entry-private": {
    severity: "error",
    when: "the entry's column `private` is not `n`",
    why: "Postfix's programs look for the service in `public`, and don't find it.",
  },
  "entry-as-root": {
    severity: "error",
    when: "the entry's column `unprivileged` is `n`",
    why: "The service runs as root, and what it writes can't be read by one that doesn't.",
  },
  "wakeup-off": {
    severity: "warning",
    when: "the entry's column `wakeup` is off",
    why: "Nothing is sent when fast_flush_refresh_time is over, and the record is neither cleaned nor completed by itself.",
  },
  "process-limit": {
    severity: "error",
    when: "the entry's column `process_limit` is not 0",
    why: "The service, the original too, does not start then, and delivery agents wait for it.",
  },
  "original-configured": {
    severity: "warning",
    when: "master.cf has the original flush service",
    why: "Nothing but sites that are flushed as a whole: no preview, no report, no exact record.",
  },
  "command-unknown": {
    severity: "error",
    when: "the entry's command is neither the original nor fastflush",
    why: "What it does is not known here.",
  },
  "max-use-default": {
    severity: "advice",
    when: "`max_use` of the entry is 100, the default, or less",
    why: "Starting anew after every 100 clients makes the service slower than the original.",
  },
  "max-use-large": {
    severity: "advice",
    when: "`max_use` of the entry is above 100,000",
    why: "A process that never ends keeps what it may have lost or leaked; short lives heal things.",
  },
  "program-missing": {
    severity: "error",
    when: "the entry says fastflush, and its program is not there",
    why: HANGS,
  },
  "program-link": {
    severity: "warning",
    when: "the program is a link",
    why: "`postfix check` warns of links, and what it leads to may go or change unseen.",
  },
  "program-rights": {
    severity: "error",
    when: "the program is not root's, can be written by others, or can't be run",
    why: "master(8) starts it as root: whoever may write it is root; one that can't be run stops the service.",
  },
  "program-folder-rights": {
    severity: "error",
    when: "the folder of the program is not root's, or can be written by others",
    why: "master(8) starts what is in it as root: whoever may write there is root.",
  },
  "program-broken": {
    severity: "error",
    when: "the program was started, and does not answer",
    why: HANGS,
  },
  "postfix-stopped": {
    severity: "error",
    when: "no master(8) runs for this instance",
    why: "No mail is received or delivered.",
  },
  "queue-manager-missing": {
    severity: "error",
    when: "master.cf has no entry for the queue manager",
    why: "Nothing is delivered, neither new mail nor what is released: it stays in the queue `incoming`.",
  },
  "original-running": {
    severity: "error",
    when: "master.cf says fastflush, and the original runs",
    why: "master(8) has not read master.cf since it was changed.",
  },
  "build-outdated": {
    severity: "warning",
    when: "the service runs a file that was replaced or removed since",
    why: "What was installed is in use only after a reload.",
  },
  "reload-needed": {
    severity: "warning",
    when: "main.cf or master.cf was changed after Postfix last read it",
    why: "Services that run already go by what was there before.",
  },
  "master-outdated": {
    severity: "warning",
    when: "master(8) runs a file that was replaced since, as by an upgrade",
    why: "Daemons of one version under the master of another may not understand each other.",
  },
  "bun-environment-listed": {
    severity: "error",
    when: "`import_environment` lists `BUN_*`, `JSC_*` or `NODE_*`",
    why: "With such variables whoever starts Postfix can have the service run other code.",
  },
  "bun-environment-running": {
    severity: "error",
    when: "the running service, or master(8), has `BUN_*`, `JSC_*` or `NODE_*` in its environment",
    why: "Such variables can have the service run other code.",
  },
  "socket-missing": {
    severity: "error",
    when: "Postfix runs, and the service's socket is not there",
    why: "Nobody reaches the service. Only a start makes the socket, not a reload.",
  },
  "socket-rights": {
    severity: "error",
    when: "not everybody may connect to the service's socket",
    why: "Delivery agents, postqueue and ETRN can't reach the service.",
  },
  "service-mute": {
    severity: "error",
    when: "the service does not answer within some seconds",
    why: HANGS,
  },
  "folder-missing": {
    severity: "error",
    when: "a directory of the queue is missing",
    why: "What belongs there can't be written.",
  },
  "folder-rights": {
    severity: "error",
    when: "a directory of the queue has the wrong owner, group or mode",
    why: "Postfix's processes, which run as the mail owner, can't work in it, or others can.",
  },
  "log-rights": {
    severity: "error",
    when: "a log is not the mail owner's, or not with mode 600",
    why: "The service can't read or write it: its site is neither recorded nor flushed; or others can.",
  },
  "log-stranger": {
    severity: "warning",
    when: "in the directory of the logs is a link, or something else that is no file",
    why: "The service follows no links: the site of that name is neither recorded nor flushed.",
  },
  "record-incomplete": {
    severity: "warning",
    when: "deferred messages are not recorded",
    why: "A flush of their site leaves them out.",
  },
  "record-outdated": {
    severity: "advice",
    when: "the record has entries of messages that are in no queue, or repeated ones",
    why: "So it is after deliveries, until the next wake-up cleans the record. No mail is lost by it.",
  },
  "record-not-rebuilt": {
    severity: "warning",
    when: "the record was not completed from the queue yet, or lost an entry since",
    why: "It may lack messages. The next wake-up completes it.",
  },
  "etrn-open-to-all": {
    severity: "error",
    when: "every destination is recorded, and any SMTP client may send ETRN",
    why: "Anybody can have any destination's mail tried again, as often as they like.",
  },
  "etrn-open": {
    severity: "warning",
    when: "any SMTP client may send ETRN for the sites of `fast_flush_domains`",
    why: "Anybody can have their mail tried again, as often as they like.",
  },
  "etrn-open-local": {
    severity: "advice",
    when: "any SMTP client may send ETRN, but SMTP is spoken on this machine alone",
    why: "It is open to the world once SMTP is.",
  },
  "refresh-short": {
    severity: "advice",
    when: "every destination is recorded, with a `fast_flush_refresh_time` of 12 hours, the default, or less",
    why: "What nobody has flushed for so long is tried again out of turn.",
  },
  "clock-back": {
    severity: "warning",
    when: "logs or queue files are from the future: the clock was set back, or is behind",
    why: "Postfix and the service go by these times: such a log does not fall due.",
  },
  "next-try-far": {
    severity: "warning",
    when: "deferred messages are to be tried later than `maximal_backoff_time` allows: the clock was ahead",
    why: "Postfix does not try them before, unless they are flushed.",
  },
  "arrival-ahead": {
    severity: "warning",
    when: "deferred messages arrived in the future: the clock was ahead, or is behind",
    why: "Should they never be delivered, their senders are told that much later.",
  },
  "postfix-too-old": {
    severity: "error",
    when: "this Postfix is older than 3.5",
    why: "Its programs and the service don't understand each other.",
  },
  "version-mismatch": {
    severity: "warning",
    when: "main.cf or postconf(1) says another version of Postfix than master(8) has in it",
    why: "Programs of different versions may not understand each other.",
  },
  "mail-log-missing": {
    severity: "warning",
    when: "`maillog_file` is not set, and there is no `/dev/log`, where a syslog daemon or the journal would listen",
    why: "What Postfix and the service do is logged nowhere: neither who flushed what and why, nor what is wrong.",
  },
  "disk-full": {
    severity: "error",
    when: "the queue's file system is at least 95 % full, in bytes or in files, or too full for the largest message",
    why: "When it is full, no mail comes in and no entry can be recorded.",
  },
  "disk-read-only": {
    severity: "error",
    when: "the queue's file system can't be written",
    why: "No mail comes in or moves, and nothing is recorded.",
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindId = keyof typeof KINDS;

/** Something that is wrong, or could be better. Text is byte strings. */
export interface Finding {
  readonly id: KindId;
  /** What is wrong here, a sentence or two. */
  readonly what: string;
  /** A line for the shell that mends it; null: there is none. */
  readonly command: string | null;
}
