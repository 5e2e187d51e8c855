/** Faults in list, histogram and show: order, filters, sums, and what is left out. */
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_LIST = redIn("src/cli/deferred/list_test.ts");
const IN_HISTOGRAM = redIn("src/cli/deferred/histogram_test.ts");
const IN_SHOW = redIn("src/cli/deferred/show_test.ts");
const IN_COMMAND_LINE = redIn("src/cli/command_line_test.ts");
const IN_NEXT_COMMANDS = redIn("src/cli/deferred/next_commands_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "list sorts the oldest last",
    file: "src/cli/deferred/list.ts",
    text: "oldest: (one, other) => one.oldestSeconds - other.oldestSeconds,",
    instead: "oldest: (one, other) => other.oldestSeconds - one.oldestSeconds,",
    red: IN_LIST("--sort oldest"),
  },
  {
    name: "list sorts what is tried next last",
    file: "src/cli/deferred/list.ts",
    text: "next: (one, other) => one.nextTrySeconds - other.nextTrySeconds,",
    instead: "next: (one, other) => other.nextTrySeconds - one.nextTrySeconds,",
    red: IN_LIST("--sort next"),
  },
  {
    name: "list --reverse turns those that are alike",
    file: "src/cli/deferred/list.ts",
    text: "      ORDERS.messages(one, other) ||\n      ORDERS.destination(one, other),",
    instead: "      ORDERS.destination(one, other),",
    red: IN_LIST(
      "of those that are alike, the one with more messages comes first, whatever its name",
    ),
  },
  {
    name: "--limit cuts the number of destinations",
    file: "src/cli/deferred/list.ts",
    text: "destinations: groupCount,\n    omitted: groupCount - shown.length,",
    instead: "destinations: shown.length,\n    omitted: 0,",
    red: IN_LIST("--json has the schema's lines, and an end with the sums"),
  },
  {
    name: "list says nothing of what --limit leaves out",
    file: "src/cli/deferred/list.ts",
    text: "if (groupCount > shown.length) {",
    instead: "if (groupCount < shown.length) {",
    red: IN_LIST("--limit says how many are left out; the sums are of all"),
  },
  {
    name: "list --json stops at a thousand",
    file: "src/cli/deferred/list.ts",
    text: "limit ?? (json ? groups.length : ROWS_SHOWN_MAX)",
    instead: "limit ?? ROWS_SHOWN_MAX",
    red: IN_LIST("shows 1,000 destinations unless asked otherwise, and tells all in JSON"),
  },
  {
    name: "the totals are of all mail, whatever is selected",
    file: "src/cli/deferred/read_mail.ts",
    text: "const totals = mail.totals(filter);",
    instead:
      "const totals = mail.totals({ isOfSite: null, isOfReason: null, arrivedBySeconds: null });",
    red: IN_LIST("the sums are of what is selected"),
  },
  {
    name: "a filter is ignored",
    file: "src/cli/deferred/read_mail.ts",
    text: "const filter = filterOf(query, tools);",
    instead: "const filter = { ...filterOf(query, tools), isOfReason: null };",
    red: IN_LIST("only --reason GREYLIST"),
  },
  {
    name: "files that can't be read are no failure",
    file: "src/cli/deferred/read_mail.ts",
    text: "  return EXIT.found;\n",
    instead: "  return EXIT.done;\n",
    red: IN_LIST("says what can't be read: status 1"),
  },
  {
    name: "a try that is due is told as to come",
    file: "src/cli/deferred/mail_words.ts",
    text: 'return waitSeconds <= 0 ? "due"',
    instead: 'return waitSeconds < -10 ? "due"',
    red: IN_LIST(
      "shows a line for each destination, the most messages first, and nothing that a terminal acts on",
    ),
  },
  {
    name: "the histogram counts what arrived five minutes ago as newer",
    file: "src/cli/deferred/histogram.ts",
    text: "minutes * MINUTE_SECONDS - 1);",
    instead: "minutes * MINUTE_SECONDS);",
    red: IN_HISTOGRAM("counts recipients by age in buckets that double, the most first"),
  },
  {
    name: "--limit cuts the histogram's sums",
    file: "src/cli/deferred/histogram.ts",
    text: "total: sumOf(rows),",
    instead: "total: sumOf(rows.slice(0, query.limit ?? rows.length)),",
    red: IN_HISTOGRAM("--by, patterns and --limit are those of list"),
  },
  {
    name: "the histogram's buckets grow by five",
    file: "src/cli/deferred/age_limits.ts",
    text: "5 * 2 ** index",
    instead: "5 * (index + 1)",
    red: IN_HISTOGRAM("counts recipients by age in buckets that double, the most first"),
  },
  {
    name: "--plain is coloured",
    file: "src/cli/deferred/histogram.ts",
    text: "tools.terminal.out(plainAgeTable(table));",
    instead: "tools.terminal.out(heatTable(table, tools.terminal));",
    red: IN_HISTOGRAM("has the shape of qshape's output"),
  },
  {
    name: "--plain names nobody where there is no domain",
    file: "src/cli/deferred/plain_age_table.ts",
    text: "printable(name) || NAMELESS",
    instead: "printable(name)",
    red: IN_HISTOGRAM("has the shape of qshape's output"),
  },
  {
    name: "show tells recipients at other sites as there",
    file: "src/cli/deferred/show.ts",
    text: "there: recipients.filter((recipient) => isThere(recipient) && isMeant(recipient)),",
    instead: "there: recipients.filter(isMeant),",
    red: IN_SHOW(
      "shows messages, the oldest first, with each recipient there and the whole reason",
    ),
  },
  {
    name: "show tells recipients of other reasons",
    file: "src/cli/deferred/show.ts",
    text: "isThere(recipient) && isMeant(recipient)",
    instead: "isThere(recipient)",
    red: IN_SHOW("of one reason, shows the recipients that wait for it"),
  },
  {
    name: "show leaves out the oldest",
    file: "src/cli/deferred/oldest_messages.ts",
    text: "one.arrivalSeconds - other.arrivalSeconds ||",
    instead: "other.arrivalSeconds - one.arrivalSeconds ||",
    red: IN_SHOW(
      "shows messages, the oldest first, with each recipient there and the whole reason",
    ),
  },
  {
    name: "show --json tells of none left out",
    file: "src/cli/deferred/show.ts",
    text: "omitted: totals.messageCount - shown,",
    instead: "omitted: 0,",
    red: IN_SHOW("--json has each message, then its recipients there"),
  },
  {
    name: "--older is younger",
    file: "src/cli/deferred/mail_query.ts",
    text: "wallSeconds(tools.clock) - olderThanSeconds,",
    instead: "wallSeconds(tools.clock) + olderThanSeconds,",
    red: IN_LIST("only --older 1m"),
  },
  {
    name: "a time without a unit is taken",
    file: "src/cli/time_argument.ts",
    text: "[smhdw]$/;",
    instead: "[smhdw]?$/;",
    red: IN_COMMAND_LINE('["send","--yes","--all","--wait-limit","10"]'),
  },
  {
    name: "--reason minds the case",
    file: "src/cli/deferred/mail_query.ts",
    text: 'return new RegExp(pattern, "i");',
    instead: "return new RegExp(pattern);",
    red: IN_LIST("only --reason GREYLIST"),
  },
  {
    name: "a limit of 0 shows nothing",
    file: "src/cli/deferred/mail_query.ts",
    text: "/^[1-9]\\d{0,8}$/",
    instead: "/^\\d{1,9}$/",
    red: IN_COMMAND_LINE('["list","--limit","0"]'),
  },
  {
    name: "a word that is no pattern is passed over",
    file: "src/cli/deferred/mail_query.ts",
    text: "if (malformed !== undefined) {",
    instead: 'if (malformed === "") {',
    red: IN_COMMAND_LINE('["list","user@a.example"]'),
  },
  {
    name: "control bytes in a sender reach the terminal",
    file: "src/cli/deferred/show.ts",
    text: 'sender === "" ? "<>" : printable(sender),',
    instead: 'sender === "" ? "<>" : sender,',
    red: IN_SHOW(
      "shows messages, the oldest first, with each recipient there and the whole reason",
    ),
  },
  {
    name: "control bytes in a destination reach the terminal",
    file: "src/cli/deferred/mail_words.ts",
    text: "GROUPINGS[by].nameless : printable(name);",
    instead: "GROUPINGS[by].nameless : name;",
    red: IN_LIST(
      "shows a line for each destination, the most messages first, and nothing that a terminal acts on",
    ),
  },
  {
    name: "control bytes in a reason reach the terminal",
    file: "src/cli/deferred/mail_words.ts",
    text: '"reason not known" : printable(reason);',
    instead: '"reason not known" : reason;',
    red: IN_SHOW(
      "shows messages, the oldest first, with each recipient there and the whole reason",
    ),
  },
  {
    name: "a pattern's * is the shell's in what to type next",
    file: "src/cli/deferred/next_commands.ts",
    text: "const word = quoted(printable(pattern));",
    instead: "const word = printable(pattern);",
    red: IN_NEXT_COMMANDS("fastflush send --match '*.one.com' --match 'm?'"),
  },
];

export const DEFERRED_MUTANTS = operatorMutants(FAULTS);
