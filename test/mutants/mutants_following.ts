/** Faults in following released messages: which lines are believed, and what becomes of a recipient. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_LOG_FILE = redIn("src/following/log_file_test.ts");
const IN_FOLLOWING = redIn("src/following/following_test.ts");
const IN_OUTCOME = redIn("src/following/outcome_test.ts");
const IN_LOG_LINE = redIn("src/following/log_line_test.ts");
const IN_OPEN_MAIL_LOGS = redIn("src/following/open_mail_logs_test.ts");
const IN_FOLLOW_SENT = redIn("src/cli/release/follow_sent_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "outcomes are taken from lines that were there before",
    file: "src/following/log_file.ts",
    text: "this.#position = sizeBytes;",
    instead: "this.#position = 0;",
    red: IN_LOG_FILE("is read from its end on, line by line"),
  },
  {
    name: "the end of a log that was renamed is not read",
    file: "src/following/log_file.ts",
    text: "        this.#readOn(onLine, leftBytes);\n        this.#openAnew();",
    instead: "        this.#openAnew();",
    red: IN_LOG_FILE("loses nothing that is written between the last look and the renaming"),
  },
  {
    name: "a log that was cut is not read from its start",
    file: "src/following/log_file.ts",
    text: "if (this.#files.status(file).sizeBytes < this.#position) {",
    instead: "if (this.#position < 0) {",
    red: IN_LOG_FILE("is read from its start when it has been cut"),
  },
  {
    name: "a log that took the name of another is not opened",
    file: "src/following/log_file.ts",
    text: "return named.device !== device || named.inode !== inode;",
    instead: "return named.device !== device;",
    red: IN_LOG_FILE("is followed when it is renamed: first what was still written to the old one"),
  },
  {
    name: "a new log is read from where the old one ended",
    file: "src/following/log_file.ts",
    text: "    this.#file = file;\n    this.#startAt(0);",
    instead: "    this.#file = file;",
    red: IN_LOG_FILE("loses nothing that is written between the last look and the renaming"),
  },
  {
    name: "half a line counts as one",
    file: "src/following/log_file.ts",
    text: "    this.#begun = (this.#begun",
    instead:
      '    if (start < text.length) {\n      onLine(this.#begun + text.slice(start));\n    }\n    this.#begun = (""',
    red: IN_LOG_FILE("is read from its end on, line by line"),
  },
  {
    name: "a line that is too long counts if it comes in one piece",
    file: "src/following/log_file.ts",
    text: "line.length <= LINE_BYTES_MAX",
    instead: "end - start < LINE_BYTES_MAX || this.#begun.length > 0",
    red: IN_LOG_FILE("drops a line that is too long, and goes on behind it"),
  },
  {
    name: "a line that is too long counts up to there",
    file: "src/following/log_file.ts",
    text: "LINE_BYTES_MAX + 1",
    instead: "LINE_BYTES_MAX",
    red: IN_LOG_FILE("drops a line that is too long, and goes on behind it"),
  },
  {
    name: "a log of several hosts counts whole",
    file: "src/following/following.ts",
    text: "if (isShared && !this.#tools.isOwnHost(line.host)) {",
    instead: 'if (isShared && line.host === "") {',
    red: IN_FOLLOWING("of a log of several hosts has the lines of this one"),
  },
  {
    name: "a message that was missed once has left",
    file: "src/following/following.ts",
    text: "return followed.missedLooks < 2 && !followed.isRemoved",
    instead: "return followed.missedLooks < 1 && !followed.isRemoved",
    red: IN_FOLLOWING("that has left is told of at once where there is no log, at the second look"),
  },
  {
    name: "two misses count though it was seen between",
    file: "src/following/following.ts",
    text: "      if (inFlight.has(queueId)) {\n        followed.missedLooks = 0;",
    instead: "      if (inFlight.has(queueId)) {\n        followed.missedLooks += 0;",
    red: IN_FOLLOWING("that was missed once because it moved is still on its way"),
  },
  {
    name: "lines that come late are not waited for",
    file: "src/following/following.ts",
    text: "const LOG_GRACE_MS = 5000;",
    instead: "const LOG_GRACE_MS = 0;",
    red: IN_FOLLOWING("that has left waits five seconds for its lines, and no longer"),
  },
  {
    name: "another message with its queue ID is taken for it",
    file: "src/following/following.ts",
    text: "const isOther = (released.arrivalSeconds ?? arrivalSeconds) !== arrivalSeconds;",
    instead: "const isOther = released.arrivalSeconds === -1;",
    red: IN_FOLLOWING("whose queue ID another message has, when that is deferred, has left"),
  },
  {
    name: "a message that is deferred again, and can't be read, has left",
    file: "src/following/following.ts",
    text: '      case "unreadable":\n        return { kind: "deferred",',
    instead: '      case "unreadable":\n        return { kind: "left",',
    red: IN_FOLLOWING("that is deferred again and can't be read is deferred again"),
  },
  {
    name: "a message on hold is still tried",
    file: "src/following/following.ts",
    text: 'return { kind: "held", waiting: [], settledByMs };',
    instead: "return null;",
    red: IN_FOLLOWING("that is put on hold is told of"),
  },
  {
    name: "who is still tried at the end is not told",
    file: "src/following/following.ts",
    text: "        this.#tellRest();\n",
    instead: "",
    red: IN_FOLLOWING("ends with its limit, and tells who is still tried"),
  },
  {
    name: "the limit is not kept",
    file: "src/following/following.ts",
    text: "const endMs = clock.monotonicMs() + limitMs;",
    instead: "const endMs = clock.monotonicMs() + limitMs * 10;",
    red: IN_FOLLOWING("ends with its limit, and tells who is still tried"),
  },
  {
    name: "Ctrl-C ends nothing",
    file: "src/following/following.ts",
    text: "this.#pending.size === 0 || isStopped ||",
    instead: "this.#pending.size === 0 ||",
    red: IN_FOLLOWING("ends with whoever stops it, and tells who is still tried"),
  },
  {
    name: "more is followed than there is room for",
    file: "src/following/following.ts",
    text: "if (this.#weight + weight > FOLLOWED_MAX) {",
    instead: "if (weight > FOLLOWED_MAX) {",
    red: IN_FOLLOWING("takes a message once, and no more than there is room for"),
  },
  {
    name: "each look asks for every message",
    file: "src/following/following.ts",
    text: "      } else if (followed.end === null) {",
    instead: "      } \n      if (followed.end === null) {",
    red: IN_FOLLOWING("10,000 messages cost a few calls each, however often it looks"),
  },
  {
    name: "strangers' lines take all memory",
    file: "src/following/following.ts",
    text: "if (followed.lines.has(key) || followed.lines.size < lineCountMax) {",
    instead: "if (lineCountMax > 0) {",
    red: IN_FOLLOWING("keeps no more lines than it could have"),
  },
  {
    name: "a message that is deferred again is called expired",
    file: "src/following/following.ts",
    text: 'isExpired: isExpired && kind === "left",',
    instead: "isExpired,",
    red: IN_FOLLOWING(
      "that was, and is deferred again by who could not get it back, is not called bounced",
    ),
  },
  {
    name: "who is deferred again is called delivered",
    file: "src/following/outcome.ts",
    text: '    outcome: "deferred",\n    status: status ||',
    instead: '    outcome: "delivered",\n    status: status ||',
    red: IN_OUTCOME("who waits, by the queue; who doesn't, by the log"),
  },
  {
    name: "who waits is told a second time, by an old line",
    file: "src/following/outcome.ts",
    text: "const settledKeys = new Set(waitingKeys);",
    instead: "const settledKeys = new Set<string>();",
    red: IN_OUTCOME("a line that says delivered does not count for who waits"),
  },
  {
    name: "an outcome is told twice",
    file: "src/following/outcome.ts",
    text: "      settledKeys.add(key);\n",
    instead: "",
    red: IN_OUTCOME("each recipient by its line"),
  },
  {
    name: "who has left without a line is called delivered",
    file: "src/following/outcome.ts",
    text: ": { ...nothing, outcome: otherwise };",
    instead: ': { ...nothing, outcome: otherwise === "left" ? "delivered" : otherwise };',
    red: IN_OUTCOME("without a line, as far as it goes"),
  },
  {
    name: "a deferral in the log is the last word of who has left",
    file: "src/following/outcome.ts",
    text: 'line.outcome === "deferred" && !isExpired',
    instead: 'line.outcome === "deferred" && isExpired',
    red: IN_OUTCOME("a deferral is no last word"),
  },
  {
    name: "addresses are compared with their case",
    file: "src/following/outcome.ts",
    text: '.replace(/[^\\x20-\\x7e]/g, "?").toLowerCase();',
    instead: '.replace(/[^\\x20-\\x7e]/g, "?");',
    red: IN_OUTCOME("whatever the case, and what the log can't print"),
  },
  {
    name: "addresses are compared as they are, the log's with ?",
    file: "src/following/outcome.ts",
    text: 'return address.replace(/[^\\x20-\\x7e]/g, "?").toLowerCase();',
    instead: "return address.toLowerCase();",
    red: IN_OUTCOME("whatever the case, and what the log can't print"),
  },
  {
    name: "a bounce of an expired message is called nothing",
    file: "src/following/log_line.ts",
    text: '  ["expired", "bounced"],\n',
    instead: "",
    red: IN_LOG_LINE(
      "to=<user@two.example>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.7, status=expired (lat",
    ),
  },
  {
    name: "what Postfix 3.11 says of TLS makes no line of a delivery",
    file: "src/following/log_line.ts",
    text: "(?:tls=[^\\\\s,]{1,512}, )?",
    instead: "",
    red: IN_LOG_LINE(
      "to=<user@two.example>, relay=mx, delay=1.1, delays=0.04/1/0/0, tls=may:none, dsn=2.0.0",
    ),
  },
  {
    name: "a bounced recipient is called delivered",
    file: "src/following/log_line.ts",
    text: '  ["bounced", "bounced"],',
    instead: '  ["bounced", "delivered"],',
    red: IN_LOG_LINE(
      "to=<user@two.example>, relay=none, delay=1, delays=1/0/0/0, dsn=5.1.1, status=bounced (550",
    ),
  },
  {
    name: "a stranger's address can pose as a whole line",
    file: "src/following/log_line.ts",
    text: "`^to=${ADDRESS}, (?:orig_to",
    instead: "`to=${ADDRESS}, (?:orig_to",
    red: IN_LOG_LINE(
      "nothing: message-id=<to=<user@two.example>, relay=none, delay=0.59, delays=0.59/0/0.01/1e",
    ),
  },
  {
    name: "what is not Postfix's is believed",
    file: "src/following/log_line.ts",
    text: "([!-Z\\\\^-~]{1,255})\\/[a-z-]{1,64}",
    instead: "([!-Z\\\\^-~]{1,255})[a-z-]{1,64}",
    red: IN_LOG_LINE("a log of postlogd's"),
  },
  {
    name: "maillog_file is not asked for",
    file: "src/following/open_mail_logs.ts",
    text: 'if (tools.maillogFile !== "") {',
    instead: 'if (tools.maillogFile === "no") {',
    red: IN_OPEN_MAIL_LOGS("the one that main.cf names, and no other"),
  },
  {
    name: "the journal is told from its beginning each time",
    file: "src/following/journal.ts",
    text: "this.#cursor = cursorOf(out) ?? this.#cursor;",
    instead: "cursorOf(out);",
    red: IN_OPEN_MAIL_LOGS("the journal is asked from its cursor on, at most once a second"),
  },
  {
    name: "the journal is asked at each look",
    file: "src/following/journal.ts",
    text: "if (this.#clock.monotonicMs() - this.#askedMs < PAUSE_MS) {",
    instead: "if (this.#askedMs < 0) {",
    red: IN_OPEN_MAIL_LOGS("the journal is asked from its cursor on, at most once a second"),
  },
  {
    name: "what is not delivered is taken for done",
    file: "src/cli/release/outcome_report.ts",
    text: "return this.#tally.totals.delivered === this.#tally.count && this.#unfollowedCount === 0;",
    instead: "return true;",
    red: IN_FOLLOW_SENT("ends with 1 where some is deferred again, with the original, and as JSON"),
  },
  {
    name: "what is not followed is taken for delivered",
    file: "src/cli/release/outcome_report.ts",
    text: "this.#tally.count && this.#unfollowedCount === 0;",
    instead: "this.#tally.count;",
    red: IN_FOLLOW_SENT(
      "says how many messages it has no room to follow, and that is no success: one.example,two.example",
    ),
  },
  {
    name: "hosts are compared with their domains",
    file: "src/cli/release/follower.ts",
    text: 'return (host.split(".")[0] ?? "").toLowerCase();',
    instead: "return host;",
    red: IN_FOLLOW_SENT(
      "believes a log of several hosts where it tells of this one, with its domain or without",
    ),
  },
  {
    name: "the mail log is opened after the release",
    file: "src/cli/release/follower.ts",
    text: "const logs = await openMailLogs({ files: openQueue(tools), programs, clock, maillogFile });",
    instead:
      'const logs = await openMailLogs({ files: openQueue(tools), programs, clock, maillogFile: "" });',
    red: IN_FOLLOW_SENT("ends with 0 where all was delivered, with the original"),
  },
];

export const FOLLOWING_MUTANTS = operatorMutants(FAULTS);
