/** Faults in what all commands do: exit statuses, JSON, what reaches a terminal, and how requests are summed up. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_PRINTABLE = redIn("src/cli/printable_test.ts");
const IN_COMMAND_LINE = redIn("src/cli/command_line_test.ts");
const IN_RECORD = redIn("src/cli/record/record_test.ts");
const IN_VERIFY = redIn("src/cli/record/verify_test.ts");
const IN_OPEN_MAIL = redIn("src/cli/open_mail_test.ts");
const IN_LIST = redIn("src/cli/deferred/list_test.ts");
const IN_SEND_BY_QUEUE = redIn("src/cli/release/send_by_queue_test.ts");
const IN_JSON_LINES = redIn("src/cli/json_lines_test.ts");
const IN_SEND = redIn("src/cli/release/send_test.ts");
const IN_PROGRESS = redIn("src/cli/progress_test.ts");
const IN_PROGRAM = redIn("src/cli/program_test.ts");
const IN_COMPLETION = redIn("src/cli/completion/completion_test.ts");
const IN_TABLE = redIn("src/cli/table_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "C1 control characters reach the terminal",
    file: "src/cli/printable.ts",
    text: "const UNPRINTABLE = /[\\p{C}\\p{Zl}\\p{Zp}]/gu;",
    instead: "const UNPRINTABLE = /[\\0-\\x1f\\x7f]/gu;",
    red: IN_PRINTABLE('"aÂ31mâ®bâ¨â"'),
  },
  {
    name: "bytes that are no UTF-8 reach the terminal",
    file: "src/cli/printable.ts",
    text: 'return text === null ? bytes.replace(NOT_ASCII, "?")',
    instead: "return text === null ? bytes",
    red: IN_PRINTABLE('"café1m"'),
  },
  {
    name: "control characters reach the terminal in JSON",
    file: "src/cli/printable.ts",
    text: "character.search(UNPRINTABLE) < 0 ? character : escapeUnits(character),",
    instead: "character,",
    red: IN_PRINTABLE('"a\\u001b[31mb\\u0000'),
  },
  {
    name: "a site's name is executed by the shell that completes it",
    file: "src/cli/completion/site_names.ts",
    text: "[A-Za-z0-9_][A-Za-z0-9._-]*",
    instead: '[^\\"]*',
    red: IN_COMPLETION("the completion for bash > lets no name"),
  },
  {
    name: "an option's values are not those of its command",
    file: "src/cli/completion/bash.ts",
    text: "`${name}:${each}`",
    instead: "`:${each}`",
    red: IN_COMPLETION("an option's values are those of its command"),
  },
  {
    name: "control bytes in what was typed reach the terminal",
    file: "src/cli/program.ts",
    text: 'terminal.err(text.split("\\n").map(printableText).join("\\n")),',
    instead: "terminal.err(text),",
    red: IN_COMMAND_LINE('["frob\\u001b[31m"]'),
  },
  {
    name: "the value of an option before a command's name is taken for the name",
    file: "src/cli/program.ts",
    text: "    at += option.required ? 1 : 0;\n",
    instead: "",
    red: IN_PROGRAM("fastflush --cache-dir doctor --fresh list send - list alone"),
  },
  {
    name: "completion knows no command but itself",
    file: "src/cli/program.ts",
    text: "isOurs && word !== TELLS_OF_ALL",
    instead: "isOurs",
    red: IN_PROGRAM("fastflush completion bash - all"),
  },
  {
    name: "a member of list --json is missing",
    file: "src/cli/json_lines.ts",
    text: '      reason_recipients: "number",\n',
    instead: "",
    red: IN_LIST("--json has the schema's lines, and an end with the sums"),
  },
  {
    name: "an unknown number is 0 in JSON",
    file: "src/cli/json_lines.ts",
    text: "Number(value) : null;",
    instead: "Number(value) : 0;",
    red: IN_SEND_BY_QUEUE("as JSON"),
  },
  {
    name: "an empty list has one empty name in JSON",
    file: "src/cli/json_lines.ts",
    text: "return commaList(value).map(jsonText);",
    instead: 'return value.split(",").map(jsonText);',
    red: IN_JSON_LINES(
      "an empty list is empty, an unknown text null, control characters are escaped",
    ),
  },
  {
    name: "a refusal is forgotten",
    file: "src/cli/run_requests.ts",
    text: "return sum.hasFailed || sum.refused.length > 0 ? EXIT.found : EXIT.done;",
    instead: "return sum.hasFailed ? EXIT.found : EXIT.done;",
    red: IN_RECORD("verify of a site that no log is kept for: status 1"),
  },
  {
    name: "a failure is forgotten",
    file: "src/cli/run_requests.ts",
    text: "return sum.hasFailed || sum.refused.length > 0 ?",
    instead: "return sum.refused.length > 0 ?",
    red: IN_COMMAND_LINE("says that something could not be read"),
  },
  {
    name: "JSON has an end though the report has none",
    file: "src/cli/run_requests.ts",
    text: "  if (sum.failure !== null) {\n    return;\n  }\n",
    instead: "",
    red: IN_SEND("--json has no end where the report has none"),
  },
  {
    name: "numbers of several requests are not added up",
    file: "src/cli/run_requests.ts",
    text: "isCommon ? Math.max(before, value) : before + value",
    instead: "isCommon ? Math.max(before, value) : value",
    red: IN_SEND("many sites go in several requests, and what is sent is added up"),
  },
  {
    name: "verify advises what to mend by what it could not read",
    file: "src/cli/record/verify.ts",
    text: "return hasFailed ? null : ",
    instead: "return hasFailed === null ? null : ",
    red: IN_VERIFY("verify advises nothing where it could not read everything"),
  },
  {
    name: "what is to be typed is for the instance that Postfix's commands mean by themselves",
    file: "src/installation/shell_words.ts",
    text: 'return configDirectory === DEFAULT_DIRECTORY ? "" : ',
    instead: 'return configDirectory !== "" ? "" : ',
    red: IN_VERIFY("verify names the instance in what mends it"),
  },
  {
    name: "verify that finds differences is done",
    file: "src/cli/record/verify.ts",
    text: "status === EXIT.done && hasDifferences ? EXIT.found : status",
    instead: "status",
    red: IN_RECORD("verify tells each difference, and what mends it"),
  },
  {
    name: "who may not ask is told that nobody listens",
    file: "src/cli/no_report.ts",
    text: '    case "EACCES":\n    case "EPERM":\n      return notPermitted(place);\n',
    instead: "",
    red: IN_COMMAND_LINE("not let in: sites"),
  },
  {
    name: "a service of another version is taken for done",
    file: "src/cli/no_report.ts",
    text: "return answer.status === STATUS.bad\n",
    instead: 'return answer.status === STATUS.ok && place.path === ""\n',
    red: IN_COMMAND_LINE("another version: sites"),
  },
  {
    name: "a report that broke off is unavailability",
    file: "src/cli/no_report.ts",
    text: "        EXIT.tryAgain,\n        `Not complete:",
    instead: "        EXIT.unavailable,\n        `Not complete:",
    red: IN_COMMAND_LINE("half a report: sites"),
  },
  {
    name: "who may not read the queue is told that it isn't there",
    file: "src/cli/open_mail.ts",
    text: 'if (error.code === "EACCES" || error.code === "EPERM") {',
    instead: 'if (error.code === "EPERM") {',
    red: IN_SEND_BY_QUEUE("what it has sent is told also where the queue can't be read"),
  },
  {
    name: "wrong usage is a failure",
    file: "src/cli/command_line.ts",
    text: "return caught.exitCode === 0 ? EXIT.done : EXIT.usage;",
    instead: "return caught.exitCode === 0 ? EXIT.done : EXIT.found;",
    red: IN_COMMAND_LINE("[]"),
  },
  {
    name: "-c is not heard",
    file: "src/cli/command_line.ts",
    text: "world.findInstance(configDir ?? null);",
    instead: "world.findInstance(null);",
    red: IN_COMMAND_LINE("-c before the command's name says where the configuration is"),
  },
  {
    name: "--fresh is not heard",
    file: "src/cli/command_line.ts",
    text: "isFresh: options.fresh === true",
    instead: "isFresh: false",
    red: IN_COMMAND_LINE("--cache-dir and --fresh are about the index"),
  },
  {
    name: "--cache-dir is not heard",
    file: "src/cli/command_line.ts",
    text: "cacheDir === undefined ? null : world.absolutePath(encodeUtf8(cacheDir))",
    instead: "cacheDir === undefined ? null : null",
    red: IN_COMMAND_LINE("--cache-dir and --fresh are about the index"),
  },
  {
    name: "progress is written into a pipe",
    file: "src/cli/progress.ts",
    text: "this.#terminal.canOverwrite && this.#clock.monotonicMs() - this.#startMs >= SHOWN_AFTER_MS",
    instead: "this.#clock.monotonicMs() - this.#startMs >= SHOWN_AFTER_MS",
    red: IN_PROGRESS("nothing is shown where lines can't be written over"),
  },
  {
    name: "a cut reason does not show it",
    file: "src/cli/cut_text.ts",
    text: 'stringWidth(cut)).join("") + cut;',
    instead: 'stringWidth(cut)).join("");',
    red: IN_TABLE("a column that may be cut is, at the terminal's edge; something is left of it"),
  },
  {
    name: "a compaction does not say how far it is",
    file: "src/cli/record/compact.ts",
    text: 'if (item === "progress") {',
    instead: 'if (item === "looked") {',
    red: IN_RECORD("a compaction shows how far it is"),
  },
  {
    name: "how far the reading is stays on the terminal",
    file: "src/cli/open_mail.ts",
    text: "  } finally {\n    progress.clear();\n  }",
    instead: "  } finally {\n  }",
    red: IN_OPEN_MAIL("list says at a terminal how far it is, and leaves nothing of that"),
  },
  {
    name: "whom a policy keeps out of the queue is told that it isn't there",
    file: "src/cli/open_mail.ts",
    text: 'error.code === "EACCES" || error.code === "EPERM"',
    instead: 'error.code === "EACCES"',
    red: IN_OPEN_MAIL("a queue that can't be read: EPERM"),
  },
];

export const COMMAND_MUTANTS = operatorMutants(FAULTS);
