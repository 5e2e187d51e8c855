/** Faults in install, uninstall, status and doctor as commands: questions, exit statuses, and what is said. */
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_SET_UP_INSTALL = redIn("src/cli/set_up/install_test.ts");
const IN_SET_UP_STATUS = redIn("src/cli/set_up/status_test.ts");
const IN_SET_UP_DOCTOR = redIn("src/cli/set_up/doctor_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "others than root may install",
    file: "src/cli/set_up/each_instance.ts",
    text: "if (host.userId() !== 0) {",
    instead: "if (host.userId() < 0) {",
    red: IN_SET_UP_INSTALL("install: by others than root"),
  },
  {
    name: "install does not look for a terminal to ask at",
    file: "src/cli/set_up/install.ts",
    text: "    requireTerminal(tools.terminal, UNDONE);\n",
    instead: "",
    red: IN_SET_UP_INSTALL("install: without a terminal and without --yes"),
  },
  {
    name: "uninstall does not look for a terminal to ask at",
    file: "src/cli/set_up/uninstall.ts",
    text: "    requireTerminal(tools.terminal, UNDONE);\n",
    instead: "",
    red: IN_SET_UP_INSTALL("uninstall: without a terminal and without --yes"),
  },
  {
    name: "install does not ask",
    file: "src/cli/set_up/install.ts",
    text: "if (!yes && !(await isAgreed(tools, questionFor(tools)))) {",
    instead: "if (!yes && isAgreed === null) {",
    red: IN_SET_UP_INSTALL('install: the question is answered with "n"'),
  },
  {
    name: "a dry run installs",
    file: "src/cli/set_up/install.ts",
    text: '    await requireStart(tools, plan.source, plan.survey.configDirectory);\n    return "planned";',
    instead:
      '    await carryOutInstallation(tools, plan, () => awaitService(tools, "fastflush"));\n    return "planned";',
    red: IN_SET_UP_INSTALL("install: in a dry run"),
  },
  {
    name: "a dry run does not try the program",
    file: "src/cli/set_up/install.ts",
    text: "    await requireStart(tools, plan.source, plan.survey.configDirectory);\n",
    instead: "",
    red: IN_SET_UP_INSTALL("install: a dry run says that the program can't run here"),
  },
  {
    name: "who declines has installed",
    file: "src/cli/set_up/install.ts",
    text: 'outcome === "declined" ? EXIT.found : EXIT.done;',
    instead: "EXIT.done;",
    red: IN_SET_UP_INSTALL('install: the question is answered with "n"'),
  },
  {
    name: "the rebuild is not asked for",
    file: "src/cli/set_up/install.ts",
    text: "const isDue = changesEntry || settings.length > 0;",
    instead: "const isDue = settings.length > 5;",
    red: IN_SET_UP_INSTALL("install says what it is going to do, asks, and says what it did"),
  },
  {
    name: "a rebuild is asked for after each update",
    file: "src/cli/set_up/install.ts",
    text: "const isDue = changesEntry || settings.length > 0;",
    instead: "const isDue = true;",
    red: IN_SET_UP_INSTALL("an update does not ask for the record: it is as complete as it was"),
  },
  {
    name: "uninstall does not ask",
    file: "src/cli/set_up/uninstall.ts",
    text: "yes || (await isAgreed(tools, questionFor(tools)))",
    instead: "yes || isAgreed !== null",
    red: IN_SET_UP_INSTALL('uninstall: the question is answered with "n"'),
  },
  {
    name: "a dry run uninstalls",
    file: "src/cli/set_up/uninstall.ts",
    text: 'if (outcome === "uninstalled") {',
    instead: 'if (outcome !== "declined") {',
    red: IN_SET_UP_INSTALL("uninstall: in a dry run"),
  },
  {
    name: "anybody who answers is the service",
    file: "src/cli/set_up/await_service.ts",
    text: 'return answer.kind === (whose === "fastflush" ? "done" : "unknown");',
    instead: 'return answer.kind === "done" || answer.kind === "unknown";',
    red: IN_SET_UP_INSTALL("install: taken back where another service answers"),
  },
  {
    name: "a refusal is status 1",
    file: "src/cli/set_up/instance_failure.ts",
    text: "caught instanceof NotInstalled ? EXIT.found : EXIT.configuration;",
    instead: "EXIT.found;",
    red: IN_SET_UP_INSTALL("install: refused, each reason in a line"),
  },
  {
    name: "the status of several instances is that of the last",
    file: "src/cli/set_up/instance_report.ts",
    text: "this.#outcomes.find((each) => each.status !== EXIT.done)?.status",
    instead: "this.#outcomes.at(-1)?.status",
    red: IN_SET_UP_INSTALL("of several instances, the first that is not done gives the status"),
  },
  {
    name: "an instance that was refused counts as done in JSON",
    file: "src/cli/set_up/instance_report.ts",
    text: 'new Set(["refused", "failed", "declined"])',
    instead: 'new Set(["failed", "declined"])',
    red: IN_SET_UP_INSTALL("in JSON lines"),
  },
  {
    name: "an instance that was declined counts as done in JSON",
    file: "src/cli/set_up/instance_report.ts",
    text: 'new Set(["refused", "failed", "declined"])',
    instead: 'new Set(["refused", "failed"])',
    red: IN_SET_UP_INSTALL("install --json: what is asked about is told beside the lines"),
  },
  {
    name: "the first instance that is refused ends it for the others",
    file: "src/cli/set_up/each_instance.ts",
    text: "return [tools, ...others.map(",
    instead: "return [...others.slice(others.length), tools, ...others.slice(0, 0).map(",
    red: IN_SET_UP_INSTALL("of several instances, the first that is not done gives the status"),
  },
  {
    name: "status with the original at the socket is good",
    file: "src/cli/set_up/status.ts",
    text: "status: isOurs && isServing ? EXIT.done : EXIT.found",
    instead: "status: isOurs ? EXIT.done : EXIT.found",
    red: IN_SET_UP_STATUS("ours in master.cf, the original answers"),
  },
  {
    name: "status without our entry is good",
    file: "src/cli/set_up/status.ts",
    text: "status: isOurs && isServing ? EXIT.done : EXIT.found",
    instead: "status: isServing ? EXIT.done : EXIT.found",
    red: IN_SET_UP_STATUS("the original, and Postfix does not run"),
  },
  {
    name: "who may not ask is told of the original",
    file: "src/cli/set_up/status.ts",
    text: 'return mayAsk ? "original" : "not permitted";',
    instead: 'return "original";',
    red: IN_SET_UP_STATUS("to others than root"),
  },
  {
    name: "an entry with ETRN open is not seen by status",
    file: "src/cli/set_up/status.ts",
    text: 'found.openEtrn.entries.length > 0 ? "open"',
    instead: 'found.openEtrn.entries.length < 0 ? "open"',
    red: IN_SET_UP_STATUS("in JSON lines, ETRN is open where an entry leaves it open"),
  },
  {
    name: "the doctor's warnings end with status 0",
    file: "src/cli/set_up/doctor.ts",
    text: 'count(diagnosis, "error") + count(diagnosis, "warning") > 0',
    instead: 'count(diagnosis, "error") > 0',
    red: IN_SET_UP_DOCTOR("of a warning: 1"),
  },
  {
    name: "the doctor's advice ends with status 1",
    file: "src/cli/set_up/doctor.ts",
    text: 'count(diagnosis, "error") + count(diagnosis, "warning") > 0',
    instead: "diagnosis.findings.length > 0",
    red: IN_SET_UP_DOCTOR("of advice: 0"),
  },
  {
    name: "the doctor's errors end with status 0",
    file: "src/cli/set_up/doctor.ts",
    text: 'count(diagnosis, "error") + count(diagnosis, "warning") > 0',
    instead: 'count(diagnosis, "warning") > 0',
    red: IN_SET_UP_DOCTOR("of an error: 1"),
  },
  {
    name: "what the doctor could not see is no failure",
    file: "src/cli/set_up/doctor.ts",
    text: "  if (isIncomplete(diagnosis)) {\n    return EXIT.notPermitted;\n  }\n",
    instead: "",
    red: IN_SET_UP_DOCTOR("of what another user could see: 77"),
  },
  {
    name: "what the doctor could not see ends as not permitted, whyever",
    file: "src/cli/set_up/doctor.ts",
    text: "unseen.some(({ isForbidden }) => isForbidden);",
    instead: "unseen.length > 0;",
    red: IN_SET_UP_DOCTOR("of what nobody could see: 0"),
  },
];

export const SET_UP_MUTANTS = operatorMutants(FAULTS);
