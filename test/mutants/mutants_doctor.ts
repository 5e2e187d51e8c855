/** Faults in the doctor's checks of configuration and program: each would call something good that is not, or the reverse. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_CHECKS = redIn("src/doctor/checks_test.ts");
const IN_EACH_FINDING = redIn("src/doctor/each_finding_test.ts");
const IN_SITES = redIn("src/doctor/gather_sites_test.ts");
const IN_VERSIONS = redIn("src/wire/postfix_version_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "the doctor asks proxymap(8) of Postfix 3.11 as an older one",
    file: "src/doctor/gather_sites.ts",
    text: "isLateProxymap(values.mail_version),",
    instead: "false,",
    red: IN_SITES("proxymap(8) of Postfix 3.11.7 is asked"),
  },
  {
    name: "the version of Postfix 3.11's master(8) is not seen",
    file: "src/wire/postfix_version.ts",
    text: "(STAMP.exec(program) ?? BARE_VERSION.exec(program))",
    instead: "STAMP.exec(program)",
    red: IN_VERSIONS('is of "3.11.7"'),
  },
  {
    name: "relay_domains that is set to nothing is called the trap",
    file: "src/doctor/check_domains.ts",
    text: "if (isEmpty && isDefault) {",
    instead: "if (isEmpty && (isDefault || !isDefault)) {",
    red: IN_CHECKS("nothing recorded, ETRN open"),
  },
  {
    name: "the relay_domains trap is called off",
    file: "src/doctor/check_domains.ts",
    text: 'const isDefault = followsRelay && !set.has("relay_domains");',
    instead: 'const isDefault = followsRelay && set.has("relay_domains");',
    red: IN_EACH_FINDING("fast_flush_domains by its default, empty"),
  },
  {
    name: "recording everything is advised with ETRN open",
    file: "src/doctor/check_domains.ts",
    text: "etrnClosed(setUp.configuration.values) ? [] : [CLOSED_ETRN];",
    instead: "[];",
    red: IN_CHECKS("record everything only with ETRN closed"),
  },
  {
    name: "a private socket is good",
    file: "src/doctor/check_entry.ts",
    text: 'if (entry.private !== "n") {',
    instead: 'if (entry.private === "n") {',
    red: IN_CHECKS(
      "nothing is wrong with what is sound, and every check but that of sites says so",
    ),
  },
  {
    name: "a service that runs as root is good",
    file: "src/doctor/check_entry.ts",
    text: 'if (entry.unprivileged === "n") {',
    instead: 'if (entry.unprivileged === "") {',
    red: IN_EACH_FINDING("a service that runs as root"),
  },
  {
    name: "wakeup 0? is a wake-up",
    file: "src/doctor/check_entry.ts",
    text: 'const OFF = ["-", "0", "0?", "never"];',
    instead: 'const OFF = ["-", "0", "never"];',
    red: IN_EACH_FINDING("no wake-up, if it is used"),
  },
  {
    name: "the default limit of processes is none",
    file: "src/doctor/check_entry.ts",
    text: "if (entry.process_limit !== NO_LIMIT) {",
    instead: 'if (entry.process_limit !== NO_LIMIT && entry.process_limit !== "-") {',
    red: IN_CHECKS("the default limit of processes"),
  },
  {
    name: "max_use 100 is good",
    file: "src/doctor/check_entry.ts",
    text: "if (Number(value) <= USES_FEW) {",
    instead: "if (Number(value) < USES_FEW) {",
    red: IN_CHECKS("max_use 100"),
  },
  {
    name: "max_use without end is good",
    file: "src/doctor/check_entry.ts",
    text: "return Number(value) > USES_MANY ?",
    instead: "return Number(value) < 0 ?",
    red: IN_EACH_FINDING("max_use 100,001"),
  },
  {
    name: "the entry's own max_use is not seen",
    file: "src/doctor/check_entry.ts",
    text: 'return own?.get("max_use") ?? configuration.values.max_use;',
    instead: "return configuration.values.max_use;",
    red: IN_CHECKS(
      "nothing is wrong with what is sound, and every check but that of sites says so",
    ),
  },
  {
    name: "the original in master.cf is somebody's own",
    file: "src/doctor/check_entry.ts",
    text: 'const isOriginal = whoseCommand(entry.command) === "original";',
    instead: 'const isOriginal = whoseCommand(entry.command) === "fastflush";',
    red: IN_CHECKS("a Postfix before 3.5 with the original"),
  },
  {
    name: "an entry's arguments are lost",
    file: "src/doctor/check_entry.ts",
    text: 'setColumn(setUp, entry, "command", ourCommand(entry.command))',
    instead: 'setColumn(setUp, entry, "command", ourCommand(""))',
    red: IN_EACH_FINDING("an entry's arguments stay when fastflush is put in"),
  },
  {
    name: "a list of restrictions closes ETRN, whatever is in it",
    file: "src/installation/etrn.ts",
    text: 'strangersUnder(values[name]) !== "let in"',
    instead: 'values[name] !== ""',
    red: IN_CHECKS("clients on a block list alone are refused"),
  },
  {
    name: "an entry's own restrictions are not seen",
    file: "src/installation/etrn.ts",
    text: "own?.get(name) ?? values[name];",
    instead: "values[name];",
    red: IN_EACH_FINDING("an entry with ETRN open"),
  },
  {
    name: "ETRN open to the world is called local",
    file: "src/doctor/check_etrn.ts",
    text: "  if (isLocal) {",
    instead: "  if (!isLocal) {",
    red: IN_CHECKS("clients on a block list alone are refused"),
  },
  {
    name: "one local entry makes all of them local",
    file: "src/installation/etrn.ts",
    text: "open.every(({ service }) => LOCAL_SERVICE.test(service)),",
    instead: "open.some(({ service }) => LOCAL_SERVICE.test(service)),",
    red: IN_EACH_FINDING("one entry for this machine, and one for the world"),
  },
  {
    name: "ETRN that is closed by an entry's own setting stays open",
    file: "src/doctor/check_etrn.ts",
    text: "return commandsFor(setUp).applied(...unset, set);",
    instead: "return commandsFor(setUp).applied(set);",
    red: IN_EACH_FINDING("an entry's own setting goes where ETRN is closed"),
  },
  {
    name: "a program that the group may write is good",
    file: "src/doctor/check_programs.ts",
    text: "const WRITABLE_BY_OTHERS = 0o022;",
    instead: "const WRITABLE_BY_OTHERS = 0o002;",
    red: IN_CHECKS("the group may write the program"),
  },
  {
    name: "a program of another's is good",
    file: "src/doctor/check_programs.ts",
    text: "(status.uid !== ROOT_UID || ",
    instead: "(status.uid < ROOT_UID || ",
    red: IN_EACH_FINDING("another's program"),
  },
  {
    name: "a program that can't be run is good",
    file: "src/doctor/check_programs.ts",
    text: "if (isFile && (isOpenToOthers(ours) || !isRunnable(ours))) {",
    instead: "if (isFile && isOpenToOthers(ours)) {",
    red: IN_EACH_FINDING("a program that can't be run"),
  },
  {
    name: "a link is good",
    file: "src/doctor/check_programs.ts",
    text: 'if (status?.kind !== "link") {',
    instead: 'if (status?.kind !== "socket") {',
    red: IN_EACH_FINDING("a link for the program"),
  },
  {
    name: "a folder that others may write is good",
    file: "src/doctor/check_programs.ts",
    text: "  if (isOpenToOthers(folder)) {",
    instead: '  if (!isOpenToOthers(folder) && folder.path === "") {',
    red: IN_EACH_FINDING("a folder that others may write"),
  },
  {
    name: "a program that is missing is good",
    file: "src/doctor/check_programs.ts",
    text: "    if (ours.status === null) {",
    instead: "    if (ours.status === undefined) {",
    red: IN_CHECKS("go back to the original without what it does not know"),
  },
  {
    name: "a program that fails is good",
    file: "src/doctor/check_programs.ts",
    text: 'if (trial !== null && trial !== "untried") {',
    instead: 'if (trial === "stranger") {',
    red: IN_CHECKS("the program fails"),
  },
  {
    name: "Postfix 3.10 is too old",
    file: "src/wire/postfix_version.ts",
    text: "(Number(ownMajor) - major || Number(ownMinor) - minor)",
    instead: "(Number(version.slice(0, 3)) - Number(`${major}.${minor}`))",
    red: IN_CHECKS("3.10 is not before 3.5"),
  },
  {
    name: "another version of master(8) is good",
    file: "src/doctor/check_programs.ts",
    text: "if (built !== version) {",
    instead: 'if (built === "") {',
    red: IN_CHECKS("a Postfix before 3.5"),
  },
  {
    name: "a command has what a shell takes apart",
    file: "src/installation/shell_words.ts",
    text: 'return words.map(quoted).join(" ");',
    instead: 'return words.join(" ");',
    red: IN_CHECKS("leave all else in import_environment"),
  },
  {
    name: "a stopped Postfix is told to reload",
    file: "src/doctor/commands.ts",
    text: '...(this.#state === "stopped" ? [] : [this.reload()])',
    instead: "this.reload()",
    red: IN_CHECKS("leave a stopped Postfix alone"),
  },
];

export const DOCTOR_MUTANTS = operatorMutants(FAULTS);
