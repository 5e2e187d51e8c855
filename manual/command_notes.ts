/**
 * What the manual page of the command says beyond `--help`: the ideas that several commands share, and what an
 * operator wants to know of one before using it for the first time.
 */
import type { CommandName } from "../src/cli/json_lines.ts";

export const DESCRIPTION: readonly string[] = [
  "What is deferred is read in the queue itself, so that `list`, `histogram`, `show`, `preview`, `send` and `watch` " +
    "work with any flush service, and for every destination. `sites`, `verify`, `compact` and `rebuild` ask " +
    "fastflush's service, fastflush-flush(8), for its record, which notes which messages wait for which site.",
  "A site is a destination's domain, as in `example.com`; `@example.com` is that domain and everything below it. A " +
    "pattern may have wildcards, as in `'*.example.com'`. Several are separated by blanks or commas. Upper and " +
    "lower case are alike.",
  "Root and the mail owner may use the commands. `status` and `doctor` show others what others may see; `hold`, " +
    "`release`, `delete`, `install` and `uninstall` are for root.",
  "Tables and sums go to standard output; what went wrong, and questions, to standard error. A terminal has colours " +
    "unless `NO_COLOR` is set, and what is too long for its columns is cut.",
];

/** By command; help says the rest. */
export const COMMAND_NOTES: Readonly<Partial<Record<CommandName | "metrics", readonly string[]>>> =
  {
    list: [
      "A message with recipients at several destinations is in the line of each, and once in the last line. Reasons are " +
        "brief, so that those of one cause are one: `*` stands for words that vary.",
    ],
    histogram: [
      "Recipients are counted by the time since their message arrived: under `5m` those of less than five minutes, " +
        "under `10m` from five to less than ten, and so on.",
    ],
    show: [
      "The oldest messages come first. Recipients elsewhere are those at sites that no pattern names: a flush tries them too.",
    ],
    preview: [
      "Mail is selected in one way at a time: by sites, with `--match`, with `--id`, or with `--all`. The queue " +
        "manager tries whole messages: the last line says which other destinations would be tried.",
    ],
    send: [
      "What fastflush's service has recorded of the sites it is asked to send; what else is deferred for them is asked " +
        "for by queue ID, as `postqueue -i` does. Without a terminal and without `--yes` nothing is done.",
      "With `--wait`, recipients are counted: delivered, bounced (refused for good), deferred again, on hold, left the " +
        "queue (no log says how), still trying. The queue says who waits, and the mail log what became of the others. An " +
        "interrupt ends the following, not the delivery.",
    ],
    watch: [
      "Unless `--probe` is given, a destination is back when a mail server greets with 220 where Postfix would deliver: " +
        "trivial-rewrite(8) says by which transport and where, then mail exchangers are looked up as main.cf and master.cf " +
        "have it. What connects to nobody, as pipe(8), is watched with `--probe`, which releases one message at a time; where " +
        "one bounces, nothing else is released.",
      "A destination has one watcher. With `--list`, one that was killed is shown as gone, once. An interrupt and `--stop` " +
        "end it between two messages: what is released stays released, all else stays deferred.",
    ],
    metrics: [
      "Destinations beyond those with the most recipients are summed up as `other`, since each name is a time series that is " +
        "kept. What is not known is left out. docs/MONITORING.md says what each metric means, and has alert rules.",
    ],
    hold: [
      "postsuper(1) holds whole messages: those that are for other destinations too are counted before, and left alone " +
        "with `--only-whole`. With `--for`, just what was put on hold by it is released by itself, and nothing else: it " +
        "is kept which messages these are, so that it survives a reboot. Where two timed holds mean a message, the later " +
        "end counts; `release` ends them.",
      "Timed holds are ended by `hold --expire`: the systemd timer `fastflush-hold.timer` runs it each minute; where " +
        "that is not active, `hold --for` starts it in the background, with `--wait`.",
    ],
    release: [
      "What is released is deferred again, with the time of its next try as it was. `send` tries it now.",
    ],
    delete: [
      "Deletes what is deferred, or with `--held` what is on hold; with `--id` either. Mail that is being delivered is " +
        "never touched.",
    ],
    sites: [
      "A line for each log, the longest first. An entry is a message that was deferred for the site.",
    ],
    verify: ["With sites, their logs alone; the deferred queue is read as a whole."],
    rebuild: [
      "It takes its time, so that the mail system doesn't feel it, and goes on when the command is interrupted.",
    ],
    install: [
      "main.cf changes only with `--every-destination`. Copies of what is changed are kept in the folder `fastflush` " +
        "beside main.cf. What is not understood, or not supported, is refused, with status 78 and nothing changed.",
    ],
    uninstall: [
      "A file that somebody has changed since is not overwritten: only what `install` put in is taken out. The record " +
        "stays, and the original goes on with it.",
    ],
  };

export const JSON_NOTES: readonly string[] = [
  "With `--json` each line is an object, as the service or the command comes upon it. The last one has `item` " +
    "`end`: output without it is incomplete. Each line begins with `item` and has all the members of its kind. " +
    "Later versions may add members and items.",
  "A number is whole, or null where it isn't known. A text is never null; a text or null is null where it is empty. A " +
    "list has texts, numbers has numbers. Times are seconds since the epoch, sizes bytes. Bytes that are no UTF-8 " +
    "are U+FFFD.",
];

/** What the texts of some members may be. */
export const JSON_VALUES: readonly string[] = [
  "`status` of an end is `done`; `failed`, where something could not be read or changed; or `refused`, where no log is " +
    "kept for any of the sites.",
  "`outcome` of a message is `released`, `kept` (being delivered, or on hold), `tried` (by others meanwhile), `gone`, " +
    "`skipped` (nothing left for these sites) or `failed`; of `preview` it is `release`, `skip`, `keep`, `gone` or " +
    "`unreadable`. That of a recipient, with `send --wait`, is `delivered`, `bounced`, `deferred`, `left` (the queue, and " +
    "no log says how), `held` or `trying`.",
  "`outcome` of `hold`, `release` and `delete` is `held`, `released` or `deleted`, `moved` (in another queue by now), " +
    "`replaced` (another message has its queue ID), `gone` or `failed`; with `--dry-run` it is `hold`, `release`, `delete`, " +
    "`partly` (for others too), `moved` or `gone`.",
  "`outcome` of `install` and `uninstall` is `installed`, `updated`, `current`, `uninstalled`, `planned` (a dry run), " +
    "`declined`, `refused` (nothing was begun) or `failed` (it was taken back).",
  "`kind` of a difference that `verify` found is `missing` (not recorded), `outdated` (no longer in the queue) or " +
    "`duplicate`.",
];

export const INDEX: readonly string[] = [
  "`list`, `histogram` and `show` keep what they have read in an index, an SQLite file for each queue " +
    "directory, so that the next time only what has changed is read. It may be removed at any time, and is never taken " +
    "at its word. Where none can be kept, all is read each time.",
];

export const ENVIRONMENT: ReadonlyArray<readonly [string, string]> = [
  ["MAIL_CONFIG", "The directory of main.cf, unless `-c` names one."],
  ["NO_COLOR", "Set: no colours."],
  ["TERM", "No colours either where it is `dumb`."],
];

export const FILES: ReadonlyArray<readonly [string, string]> = [
  ["/etc/postfix/main.cf", "Says where the queue is, and the service's socket."],
  ["/etc/postfix/fastflush/", "What `install` has kept: copies, and what `uninstall` has to know."],
  ["/var/cache/fastflush/", "The index, unless `--cache-dir` names another folder."],
  [
    "/var/lib/fastflush/hold/",
    "What `hold --for` has put on hold, unless `--state-dir` names another folder.",
  ],
  [
    "/var/lib/fastflush/watch/",
    "Who watches what, and the logs of those in the background, unless `--state-dir` names another folder.",
  ],
  [
    "/var/log/mail.log",
    "Where `send --wait` reads what became of mail, unless `maillog_file` names another file.",
  ],
];
