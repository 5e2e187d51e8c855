/**
 * fastflush-flush(8), the manual page of the service: what an administrator knows of flush(8), told of ours.
 *
 * The parameters come from the table that the service itself goes by (src/config/parameters.ts); what stands here is in
 * no other form in the program.
 */
import { PARAMETERS } from "../src/config/parameters.ts";
import { argument, columns, display, paragraphs, prose, section, tagged } from "./mdoc.ts";
import { AUTHORS, pageHead } from "./page_head.ts";
import { parameterItem } from "./parameter_item.ts";

const DESCRIPTION = [
  "The service keeps a record of deferred mail by destination, so that the mail of one destination can be sent at once " +
    "when it is asked for: by the SMTP command ETRN, by `postqueue -s site`, `sendmail -qRsite`, or " +
    "fastflush(1). It takes the place of Postfix's own flush(8), with the same socket, protocol, parameters and " +
    "files, and is started by master(8), never by hand.",
  "The record is a logfile for each destination, which holds the queue IDs of deferred messages. A destination, or " +
    "site, is what follows the last `@` of a recipient's address. Only sites that `fast_flush_domains` " +
    "names have a logfile; every site has one with `static:all`.",
  "Unlike the original, the record is exact: a message is listed once, entries of messages that are no longer in the " +
    "queue go at the next wake-up, and what is missing (after a restore of the queue, say) is put in from the " +
    "queue itself. Either program can take over from the other at any time, with the same files.",
];

/** By the names that a client sends, with what comes behind each. */
const REQUESTS = [
  [
    "add",
    "site queue_id",
    "The message was deferred for the site: its queue ID goes into the logfile, unless it is there.",
  ],
  [
    "send_site",
    "site",
    "Deliver what is deferred for the site. Each message that its logfile names, and that still has a recipient there, " +
      "goes from the deferred into the incoming queue, and the queue manager is told.",
  ],
  ["send_file", "queue_id", "Deliver this message, whatever its destinations."],
  [
    "rfrsh",
    "",
    "Send the logfiles that were not sent for `fast_flush_refresh_time`, remove empty ones that were not used " +
      "for `fast_flush_purge_time`, and clean the others of what is outdated. The request is answered " +
      "before the work is done. A wake-up by master(8) means the same.",
  ],
  ["purge", "", "The same, whatever the age of the logfiles."],
] as const;

const OWN_REQUESTS =
  "Requests whose names begin with `fastflush_` are for fastflush(1): they are answered with a report, and to root " +
  "and the mail owner alone. For everybody else they do not exist.";

/** What may stand behind the command in master.cf. */
export const ENTRY_ARGUMENTS = [
  ["-o name=value", "A parameter for this service alone, as for every service in master.cf."],
  [
    "-E",
    "Send all that a logfile names, as the original does: the messages are not looked into. The original does not know " +
      "this option, and does not start with it.",
  ],
  ["-v", "Log what is done, line by line. Not for a busy machine."],
] as const;

const ENTRY = [
  "master.cf has one entry for the service. Only its command differs from the entry that Postfix comes with; `fastflush " +
    "install` puts it in, and `fastflush uninstall` takes it out:",
];

const ENTRY_LINES = [
  "flush     unix  n       -       y       1000?   0       fastflush/flush",
  "    -o max_use=100000",
];

const ENTRY_REASONS = [
  "The command is a path from `$daemon_directory` on. The log tag stays `postfix/flush`. One process serves all " +
    "clients, so that the process limit stays 0, and a large `max_use` spares starts.",
  "To clients of Postfix 3.6 and later the service names its protocol first; older ones expect nothing of the kind. Which " +
    "it has to do it reads, at each start, in the original's program file, `$daemon_directory/flush`, which up to Postfix " +
    "3.10 has the version in it: so an upgrade needs no change of the entry. Where that file is missing, or has no " +
    "version, it takes the Postfix for 3.11 or later.",
];

const SECURITY = [
  "The service talks to no network, and to local users only by way of Postfix's own programs and fastflush(1). It runs as " +
    "`mail_owner`, and in a jail where master.cf says so. It needs root's privileges only to read its configuration " +
    "and to enter the jail. The only programs that it starts are Postfix's own, before that, and only where " +
    "`fast_flush_domains` has tables that only Postfix can read: postconf(1), postmap(1), and a proxymap(8) of its own, " +
    "which stays outside of the jail as `mail_owner`, looks these tables up and nothing else, and ends with it.",
  "Names from outside become names of files only after they were checked, and links are not followed.",
  "Who may ask is decided by the directory of the socket, `public`: root, the mail owner, and programs that are set-gid " +
    "`setgid_group`. Strangers reach the service through ETRN, which Postfix allows everybody: with " +
    "`fast_flush_domains = static:all` set `smtpd_etrn_restrictions` too.",
  "It runs on Bun, which needs memory that is writable and executable. Variables of the environment such as " +
    "`BUN_OPTIONS` can have it run other code: they must not be in `import_environment`. It must never be made " +
    "set-uid.",
];

const DIAGNOSTICS = [
  "Problems and flushes are logged to syslogd(8), or to postlogd(8) where `maillog_file` is set. A flush is one line:",
];

const DIAGNOSTIC_LINES = [
  "flush: site=example.com, uid=0, pid=4712, released=12, kept=1, gone=0, skipped=2, failed=0, seconds=0.04",
];

const COUNTS = [
  ["released", "given to the queue manager"],
  ["kept", "being delivered, or on hold"],
  ["gone", "in no queue any more"],
  ["skipped", "nothing left for this site"],
  ["failed", "its file could not be touched: a warning says why"],
] as const;

const DIAGNOSTICS_END = [
  "A rebuild of the record says at its end `rebuild: complete`, with what it has read and added.",
  "What the service can't go on with is one line with `fatal:`. The process ends a second later with status 1, and " +
    "master(8) starts another after a minute. Until then delivery agents that have to record something wait, as with the " +
    "original.",
  "A logfile that can't be opened or locked is the trouble of its site alone: a warning, and the request fails. (The " +
    "original ends.)",
];

const FILES = [
  [
    "/var/spool/postfix/flush/",
    "The logfiles, below `$queue_directory`. A site's name has `_` for each character but letters and digits.",
  ],
  [
    "/var/spool/postfix/flush/REBUILT",
    "Empty: the record was completed from the queue. Remove it to have that done anew at the next wake-up. (Below a " +
      "subdirectory where `hash_queue_names` lists `flush`. While that is being done, it is `REBUILDING`.)",
  ],
  ["/etc/postfix/main.cf", "Parameters."],
  ["/etc/postfix/master.cf", "The entry of the service."],
] as const;

const CAVEATS = [
  "Two sites whose names differ in punctuation only share a logfile, as with the original. What is sent is told apart by " +
    "the messages themselves.",
  "The queue manager tries a released message for all recipients that still wait, those at other destinations too.",
];

const BUGS = [
  "A recipient at an address literal, as in `user@[192.0.2.1]`, can't be recorded, as with the original.",
];

const DIFFERENCES = [
  "Entries of messages in the active queue, or on hold, stay when their site is sent. (The original drops them.)",
  "A message is tried again only if it has a recipient at the site. (The original tries all that the logfile names.) " +
    "`-E` turns this off.",
  "A message has one entry in a logfile, however often it was deferred.",
  "One process serves all clients at the same time; adds do not wait for a send.",
  "Whatever goes wrong with one logfile ends no process.",
];

/** The page, as mdoc. */
export function flushPage(): string {
  return [
    pageHead("FASTFLUSH-FLUSH", 8),
    section("NAME", `.Nm fastflush-flush\n.Nd fast flush server for Postfix\n`),
    section(
      "SYNOPSIS",
      `.Nm fastflush/flush\n.Op Fl E\n.Op Fl v\n.Op Fl o Ar name Ns = Ns Ar value\n`,
    ),
    section("DESCRIPTION", description()),
    section("CONFIGURATION PARAMETERS", parameters()),
    section("FILES", files()),
    section("DIAGNOSTICS", diagnostics()),
    section("SEE ALSO", seeAlso()),
    section("README FILES", paragraphs(README_FILES)),
    section("LICENSE", paragraphs(["fastflush is distributed under the MIT license."])),
    section("HISTORY", paragraphs(HISTORY)),
    section("AUTHORS", AUTHORS),
    section("CAVEATS", paragraphs(CAVEATS)),
    section("BUGS", paragraphs(BUGS)),
    section("SECURITY CONSIDERATIONS", paragraphs(SECURITY)),
  ].join("");
}

const README_FILES = [
  "In fastflush's source: `docs/ETRN.md`, a guide to ETRN; `docs/OPERATING.md`, backup and restore; " +
    "`docs/PROTOCOL.md`, the requests; `docs/LOOKUP_TABLES.md`, the tables of `fast_flush_domains`. In Postfix's: " +
    "ETRN_README.",
];

const HISTORY = [
  "Postfix has had a flush service since version 1.0. fastflush is that service written anew, for Postfix 3.5 and later.",
];

function description(): string {
  const requests = REQUESTS.map(([name, args, does]) => ({
    head: `Cm ${name}${args === "" ? "" : ` Ar ${args}`}`,
    body: prose(does),
  }));
  const entry = ENTRY_ARGUMENTS.map(([option, does]) => ({
    head: optionHead(option),
    body: prose(does),
  }));
  return [
    paragraphs(DESCRIPTION),
    ".Ss Requests\n",
    tagged(requests),
    paragraphs([OWN_REQUESTS]),
    ".Ss The entry in master.cf\n",
    paragraphs(ENTRY).replace(".Pp\n", ""),
    display(ENTRY_LINES),
    paragraphs(ENTRY_REASONS),
    paragraphs(["Behind the command there may be:"]),
    tagged(entry),
    paragraphs([
      "All other options of a Postfix daemon are understood too, as master(8) gives them. In a terminal the program " +
        "refuses to run.",
    ]),
    ".Ss What differs from the original\n",
    `.Bl -bullet\n${DIFFERENCES.map((text) => `.It\n${prose(text)}`).join("")}.El\n`,
  ].join("");
}

function optionHead(option: string): string {
  const [letter = "", value] = option.split(" ");
  const assigned = value?.split("=").map((part) => `Ar ${part}`);
  return [
    `Fl ${letter.slice(1)}`,
    ...(assigned === undefined ? [] : [assigned.join(" Ns = Ns ")]),
  ].join(" ");
}

function parameters(): string {
  return [
    paragraphs([
      "Changes in main.cf are seen by the next process: `postfix reload` starts one. In parentheses: the default. " +
        "postconf(5) says more of most of them.",
    ]),
    tagged(Object.values(PARAMETERS).map(parameterItem)),
  ].join("");
}

function files(): string {
  return tagged(FILES.map(([path, what]) => ({ head: `Pa ${argument(path)}`, body: prose(what) })));
}

function diagnostics(): string {
  const counts = COUNTS.map(([name, what]) => ({ head: `Sy ${name}`, body: prose(what) }));
  return [
    paragraphs(DIAGNOSTICS),
    display(DIAGNOSTIC_LINES),
    paragraphs(["Its numbers are messages:"]),
    columns(counts, "released"),
    paragraphs(DIAGNOSTICS_END),
  ].join("");
}

function seeAlso(): string {
  const pages = [
    ["fastflush", 1],
    ["postqueue", 1],
    ["sendmail", 1],
    ["master", 5],
    ["postconf", 5],
    ["flush", 8],
    ["master", 8],
    ["postlogd", 8],
    ["qmgr", 8],
    ["smtpd", 8],
    ["syslogd", 8],
  ] as const;
  const lines = pages.map(
    ([name, number], at) => `.Xr ${name} ${number}${at < pages.length - 1 ? " ," : ""}\n`,
  );
  return lines.join("");
}
