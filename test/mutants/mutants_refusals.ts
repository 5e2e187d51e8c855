/** Faults in what is seen of an instance before it is installed to, and in what is refused and advised. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_INSTALLATION_REFUSALS = redIn("src/installation/refusals_test.ts");
const IN_INSTALLATION_INSTALL = redIn("src/installation/install_test.ts");
const IN_INSTALLATION_RECORDED_SITES = redIn("src/installation/recorded_sites_test.ts");
const IN_INSTALLATION_FLUSH_ENTRY = redIn("src/installation/flush_entry_test.ts");
const IN_SET_UP_STATUS = redIn("src/cli/set_up/status_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "Postfix 3.4 gets a service",
    file: "src/installation/objections.ts",
    text: "isBefore(version, OLDEST_POSTFIX)",
    instead: "false",
    red: IN_INSTALLATION_REFUSALS("an old Postfix"),
  },
  {
    name: "a link is replaced by a file",
    file: "src/installation/objections.ts",
    text: "CONFIGURATION_FILES.filter((name) => !files[name].isPlain).map(",
    instead: 'CONFIGURATION_FILES.filter((name) => files[name].text === "").map(',
    red: IN_INSTALLATION_REFUSALS("main.cf is a link"),
  },
  {
    name: "the first of two entries is changed",
    file: "src/installation/objections.ts",
    text: "if (others.length > 0) {",
    instead: "if (others.length > 5) {",
    red: IN_INSTALLATION_REFUSALS("two entries"),
  },
  {
    name: "somebody's own program is replaced",
    file: "src/installation/objections.ts",
    text: 'if (whoseCommand(entry.command) === "other") {',
    instead: 'if (whoseCommand(entry.command) === "other" && others.length > 0) {',
    red: IN_INSTALLATION_REFUSALS("a program of somebody's own"),
  },
  {
    name: "a process limit stays",
    file: "src/installation/objections.ts",
    text: 'if (entry.process_limit !== "0") {',
    instead: 'if (entry.process_limit === "") {',
    red: IN_INSTALLATION_REFUSALS("a process limit"),
  },
  {
    name: "BUN_* in import_environment is let in",
    file: "src/installation/objections.ts",
    text: "return names.length === 0\n",
    instead: "return names.length >= 0\n",
    red: IN_INSTALLATION_REFUSALS("an open environment"),
  },
  {
    name: "a service that nobody finds is installed",
    file: "src/installation/objections.ts",
    text: 'entry.private !== "n"',
    instead: 'entry.private === ""',
    red: IN_INSTALLATION_REFUSALS("a private service"),
  },
  {
    name: "a service of root's is installed",
    file: "src/installation/objections.ts",
    text: 'entry?.unprivileged === "n"',
    instead: 'entry?.unprivileged === ""',
    red: IN_INSTALLATION_REFUSALS("one of root's"),
  },
  {
    name: "BUN_* of the entry alone is not seen",
    file: "src/installation/objections.ts",
    text: 'overrides.get("import_environment") ?? ""',
    instead: '""',
    red: IN_INSTALLATION_REFUSALS("the same in the entry"),
  },
  {
    name: "an entry of master.cf with ETRN open is not seen",
    file: "src/installation/objections.ts",
    text: 'entriesUnder(etrnOverrides, "let in", "looked up")',
    instead: "entriesUnder(etrnOverrides)",
    red: IN_INSTALLATION_REFUSALS("the same in an entry"),
  },
  {
    name: "tables that we can't read are no objection",
    file: "src/installation/objections.ts",
    text: "if (types.length > 0 && !wish.everyDestination) {",
    instead: "if (types.length > 5 && !wish.everyDestination) {",
    red: IN_INSTALLATION_REFUSALS("tables"),
  },
  {
    name: "permit_mynetworks closes a list",
    file: "src/installation/recorded_sites.ts",
    text: 'new Set(["reject", "defer"]);',
    instead: 'new Set(["reject", "defer", "permit_mynetworks"]);',
    red: IN_INSTALLATION_RECORDED_SITES('"permit_mynetworks"'),
  },
  {
    name: "!static: records every destination",
    file: "src/installation/recorded_sites.ts",
    text: "!isNegated && table?.type",
    instead: "(isNegated || !isNegated) && table?.type",
    red: IN_INSTALLATION_RECORDED_SITES('"!static:all"'),
  },
  {
    name: "NODE_OPTIONS may come from outside",
    file: "src/installation/recorded_sites.ts",
    text: "/^(?:BUN_|JSC_|NODE_)/",
    instead: "/^BUN_/",
    red: IN_INSTALLATION_RECORDED_SITES('"NODE_OPTIONS=x JSC_useJIT"'),
  },
  {
    name: "the original gets an option that it does not know",
    file: "src/installation/flush_entry.ts",
    text: "rest.filter((word) => word !== OURS_ALONE)",
    instead: "rest",
    red: IN_INSTALLATION_FLUSH_ENTRY("the original is not given an option of ours"),
  },
  {
    name: "a process of before the update is the new one's",
    file: "src/installation/serving.ts",
    text: '(deleted)`, "outdated"]',
    instead: '(deleted)`, "fastflush"]',
    red: IN_SET_UP_STATUS("of an installed service"),
  },
  {
    name: "a program's name in parentheses hides whose child it is",
    file: "src/sys/processes.ts",
    text: 'const nameEnd = stat.lastIndexOf(")");',
    instead: 'const nameEnd = stat.indexOf(")");',
    red: [
      {
        file: "src/sys/processes_test.ts",
        test: "a process whose file was removed says so, whatever its name",
      },
    ],
  },
  {
    name: "a stale master.pid is a running Postfix",
    file: "src/installation/survey.ts",
    text: "pid > 0 && /\\/master(?: \\(deleted\\))?$/.test(host.readLink(`/proc/${pid}/exe`));",
    instead: "pid > 0;",
    red: IN_INSTALLATION_INSTALL(
      "where Postfix doesn't run, nothing is reloaded, and nobody asked",
    ),
  },
  {
    name: "ETRN open to strangers is no matter for advice",
    file: "src/installation/advice.ts",
    text: "if (entries.length > own.length) {",
    instead: "if (entries.length < own.length) {",
    red: IN_SET_UP_STATUS("of the original, with what is worth doing"),
  },
  {
    name: "advice on max_use goes to the original too",
    file: "src/installation/advice.ts",
    text: "if (isOurs && Number(maxUse) < MAX_USE_MIN &&",
    instead: "if (Number(maxUse) < MAX_USE_MIN &&",
    red: IN_SET_UP_STATUS("of the original, with what is worth doing"),
  },
];

export const REFUSAL_MUTANTS = operatorMutants(FAULTS);
