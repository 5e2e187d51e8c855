/** Faults in installing and uninstalling: what comes back, what is kept, and what is tried before. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_INSTALLATION_INSTALL = redIn("src/installation/install_test.ts");
const IN_INSTALLATION_REFUSALS = redIn("src/installation/refusals_test.ts");
const IN_INSTALLATION_INTERRUPTIONS = redIn("src/installation/interruptions_test.ts");
const IN_INSTALLATION_TRIAL = redIn("src/installation/trial_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "uninstall leaves the text that install has made",
    file: "src/installation/uninstall.ts",
    text: "return restored.includes(name) ? (memento?.files[name]?.before ?? current) : current;",
    instead: "return current;",
    red: IN_INSTALLATION_INSTALL("max_use: a number that was chosen stays"),
  },
  {
    name: "uninstall puts the old bytes over what was changed since",
    file: "src/installation/uninstall.ts",
    text: "(name) => memento?.files[name]?.after === state.files[name].text,",
    instead: "(name) => memento?.files[name] !== undefined,",
    red: IN_INSTALLATION_INSTALL("what somebody changed between two installations stays"),
  },
  {
    name: "uninstall undoes what an administrator has set since",
    file: "src/installation/uninstall.ts",
    text: "    if (current === after) {\n      await putBack",
    instead: "    if (current !== null) {\n      await putBack",
    red: IN_INSTALLATION_INSTALL("in files that were changed since, only ours is taken out"),
  },
  {
    name: "what stays is not told",
    file: "src/installation/uninstall.ts",
    text: "      stays.push(`${name} = ${current}`);\n",
    instead: "",
    red: IN_INSTALLATION_INSTALL("in files that were changed since, only ours is taken out"),
  },
  {
    name: "the program goes though another instance uses it",
    file: "src/installation/uninstall.ts",
    text: "drop(configDirectory, plan.otherUsers);",
    instead: "drop(configDirectory, []);",
    red: IN_INSTALLATION_INSTALL("the program stays while another instance uses it"),
  },
  {
    name: "another instance's use is known by its name alone",
    file: "src/installation/uninstall.ts",
    text: "if (await mayHaveDaemons(programs, directory, state.parameters.daemon_directory)) {",
    instead: 'if (directory !== "") {',
    red: IN_INSTALLATION_INSTALL("the program goes where another instance has one of its own"),
  },
  {
    name: "ours stays though the original does not answer",
    file: "src/installation/uninstall.ts",
    text: "const fault = state.masterPid === null ? null : await verify();",
    instead: "const fault = null as string | null;",
    red: IN_INSTALLATION_INSTALL("ours comes back where the original does not answer"),
  },
  {
    name: "a second installation takes its own text for what was before",
    file: "src/installation/install.ts",
    text: "const isAsLeft = known !== undefined && [known.before, known.after].includes(current);",
    instead: "const isAsLeft = false;",
    red: IN_INSTALLATION_INSTALL("a second change keeps the first copy"),
  },
  {
    name: "a file that somebody changed after an installation is restored to before that",
    file: "src/installation/install.ts",
    text: "        ? { before: known?.before ?? current, date: known?.date ?? date, after: null }",
    instead:
      "        ? { before: known?.before ?? current, date: known?.date ?? date, after: after[name] }",
    red: IN_INSTALLATION_INSTALL("what somebody changed between two installations stays"),
  },
  {
    name: "a setting that was made twice is put back to the first",
    file: "src/installation/install.ts",
    text: "before: old !== undefined && old.after === before ? old.before : before, after",
    instead: "before, after",
    red: IN_INSTALLATION_INSTALL("what somebody changed between two installations stays"),
  },
  {
    name: "a number that was chosen for the entry is overwritten",
    file: "src/installation/install.ts",
    text: "changesEntry && !isChosen ? MAX_USE",
    instead: "changesEntry ? MAX_USE",
    red: IN_INSTALLATION_INSTALL("max_use: a number that was chosen stays"),
  },
  {
    name: "max_use is unlimited",
    file: "src/installation/install.ts",
    text: "export const MAX_USE = 100_000;",
    instead: "export const MAX_USE = 0;",
    red: IN_INSTALLATION_INSTALL("changes the command and max_use, and nothing else"),
  },
  {
    name: "every destination is recorded with ETRN open",
    file: "src/installation/install.ts",
    text: 'smtpd_etrn_restrictions: strangersUnder(parameters.smtpd_etrn_restrictions) === "turned away",',
    instead: "smtpd_etrn_restrictions: true,",
    red: IN_INSTALLATION_INSTALL("every destination: all that is not safe already is set"),
  },
  {
    name: "a refresh time that was chosen is overwritten",
    file: "src/installation/install.ts",
    text: 'fast_flush_refresh_time: settings.has("fast_flush_refresh_time"),',
    instead: "fast_flush_refresh_time: false,",
    red: IN_INSTALLATION_INSTALL("every destination: what was set stays where it is safe"),
  },
  {
    name: "objections are no hindrance",
    file: "src/installation/install.ts",
    text: "if (entry === undefined || reasons.length > 0) {",
    instead: "if (entry === undefined) {",
    red: IN_INSTALLATION_REFUSALS("two entries"),
  },
  {
    name: "a service that does not answer stays",
    file: "src/installation/install.ts",
    text: "const fault = state.masterPid === null ? null : await verify();",
    instead: "const fault = null as string | null;",
    red: IN_INSTALLATION_REFUSALS("a service that does not answer under Postfix"),
  },
  {
    name: "Ctrl-C can end it half way",
    file: "src/installation/install.ts",
    text: "  await host.withoutInterrupts(() =>\n    allOrNothing(async (undo) => {",
    instead: "  await Promise.resolve().then(() =>\n    allOrNothing(async (undo) => {",
    red: IN_INSTALLATION_INSTALL("changes the command and max_use, and nothing else"),
  },
  {
    name: "nothing is remembered",
    file: "src/installation/install.ts",
    text: "      rememberChanges(tools, plan, undo);\n",
    instead: "",
    red: IN_INSTALLATION_INSTALL("changes the command and max_use, and nothing else"),
  },
  {
    name: "it is remembered after the change",
    file: "src/installation/install.ts",
    text: '      rememberChanges(tools, plan, undo);\n      if (plan.program !== "current") {',
    instead:
      '      undo.push("", () => {});\n      await placeFiles(tools, state, after, undo);\n      rememberChanges(tools, plan, undo);\n      if (plan.program !== "current") {',
    red: IN_INSTALLATION_INTERRUPTIONS("a kill is made good by uninstall"),
  },
  {
    name: "steps are taken back in the order in which they were made",
    file: "src/installation/undo_stack.ts",
    text: "this.#undos.toReversed()",
    instead: "this.#undos",
    red: IN_INSTALLATION_INTERRUPTIONS("a disk that is full leaves all as it was"),
  },
  {
    name: "a step that can't be taken back leaves the others",
    file: "src/installation/undo_stack.ts",
    text: "        left.push(why.startsWith(what) ? why : `${what}: ${why}`);",
    instead: "        left.push(why.startsWith(what) ? why : `${what}: ${why}`);\n        break;",
    red: IN_INSTALLATION_REFUSALS(
      "a Postfix that can't reload: what could not be taken back is told",
    ),
  },
  {
    name: "what could not be taken back is not told",
    file: "src/installation/undo_stack.ts",
    text: "throw isRefusal(caught) ? new TakenBack(caught.message, left) : caught;",
    instead: "throw isRefusal(caught) ? new TakenBack(caught.message, []) : caught;",
    red: IN_INSTALLATION_REFUSALS(
      "a Postfix that can't reload: what could not be taken back is told",
    ),
  },
  {
    name: "a file that somebody changes meanwhile is overwritten",
    file: "src/installation/configuration_change.ts",
    text: "if (current !== expected) {",
    instead: 'if (current === "") {',
    red: IN_INSTALLATION_REFUSALS("a file that somebody changes meanwhile"),
  },
  {
    name: "a changed file loses its owner and mode",
    file: "src/installation/configuration_change.ts",
    text: "replaceFile(tools, path, text, { text: after[name], owner });",
    instead:
      "replaceFile(tools, path, text, { text: after[name], owner: { mode: 0o644, uid: 0, gid: 0 } });",
    red: IN_INSTALLATION_INSTALL("changes the command and max_use, and nothing else"),
  },
  {
    name: "Postfix does not reload what is taken back",
    file: "src/installation/configuration_change.ts",
    text: "    hasReloaded = true;\n",
    instead: "",
    red: IN_INSTALLATION_REFUSALS("a service that does not answer under Postfix"),
  },
  {
    name: "all instances are reloaded",
    file: "src/installation/configuration_change.ts",
    text: 'wrapper !== "" && parameters.multi_instance_directories !== ""',
    instead: 'wrapper !== "" && parameters.multi_instance_directories === ""',
    red: IN_INSTALLATION_REFUSALS("the first of several instances is reloaded alone"),
  },
  {
    name: "the instance in the default directory is reloaded for another",
    file: "src/installation/configuration_change.ts",
    text: "return isFirst && configDirectory === DEFAULT_DIRECTORY",
    instead: "return isFirst",
    red: IN_INSTALLATION_REFUSALS(
      "the first of several in another directory is reloaded, and not the one in the default directory",
    ),
  },
  {
    name: "options that postconf loses are written",
    file: "src/installation/objections.ts",
    text: "isOurs && maxUse === null ? []",
    instead: "maxUse === null ? []",
    red: IN_INSTALLATION_REFUSALS("braces that postconf loses"),
  },
  {
    name: "a Postfix that can't reload is taken for one that has",
    file: "src/installation/configuration_change.ts",
    text: "  if (status !== 0) {\n    const said",
    instead: "  if (status === -1) {\n    const said",
    red: IN_INSTALLATION_REFUSALS(
      "a Postfix that can't reload: what could not be taken back is told",
    ),
  },
  {
    name: "postconf may change other entries",
    file: "src/installation/trial.ts",
    text: "if (essence(before) !== essence(after)) {",
    instead: "if (before.length !== after.length) {",
    red: IN_INSTALLATION_TRIAL("is refused where it changes another entry's column"),
  },
  {
    name: "the trial's folder stays",
    file: "src/installation/trial.ts",
    text: "    host.removeDirectory(folder);\n",
    instead: "",
    red: IN_INSTALLATION_INSTALL("changes the command and max_use, and nothing else"),
  },
  {
    name: "the program is not tried",
    file: "src/installation/program_file.ts",
    text: "    await requireStart(this.#tools, `${fresh}/flush`, configDirectory);\n",
    instead: "",
    red: IN_INSTALLATION_REFUSALS("a program: the original"),
  },
  {
    name: "the program is tried with the caller's environment",
    file: "src/installation/program_trial.ts",
    text: 'const words = ["env", "-i", `MAIL_CONFIG=${configDirectory}`, path, "-S"];',
    instead: 'const words = ["env", `MAIL_CONFIG=${configDirectory}`, path, "-S"];',
    red: IN_INSTALLATION_REFUSALS(
      "tables are no hindrance where every destination is to be recorded",
    ),
  },
  {
    name: "a program that does not greet is never ours",
    file: "src/installation/program_trial.ts",
    text: "isGreeted ? out.slice(GREETING_TEXT.length) : out;",
    instead: 'isGreeted ? out.slice(GREETING_TEXT.length) : "";',
    red: IN_INSTALLATION_INSTALL("a program that greets nobody, as with Postfix 3.5, is put in"),
  },
  {
    name: "a program that greets is taken for ours",
    file: "src/installation/program_trial.ts",
    text: "if (status === 0 && answer.startsWith(ANSWER)) {",
    instead: "if (isGreeted) {",
    red: IN_INSTALLATION_REFUSALS("a program: the original"),
  },
  {
    name: "the program stays open to others",
    file: "src/installation/program_file.ts",
    text: "const OWNER: HostOwner = { mode: 0o755, uid: 0, gid: 0 };",
    instead: "const OWNER: HostOwner = { mode: 0o777, uid: 0, gid: 0 };",
    red: IN_INSTALLATION_INSTALL("changes the command and max_use, and nothing else"),
  },
  {
    name: "the old program is not kept for the way back",
    file: "src/installation/program_file.ts",
    text: "      this.#keepOld(undo);\n",
    instead: "",
    red: IN_INSTALLATION_INSTALL("the old program comes back where the new one does not answer"),
  },
  {
    name: "a program of another's is taken for current",
    file: "src/installation/program_file.ts",
    text: "      status.uid === OWNER.uid &&\n",
    instead: "",
    red: IN_INSTALLATION_INSTALL("the same program of another's is put in place anew"),
  },
  {
    name: "a program with another mode is taken for current",
    file: "src/installation/program_file.ts",
    text: "      status.mode === OWNER.mode &&\n",
    instead: "",
    red: IN_INSTALLATION_INSTALL("the same program that others may write is put in place anew"),
  },
  {
    name: "copies are readable by whoever owns the file",
    file: "src/installation/memento.ts",
    text: "const owner = { ...current[name].owner, uid: 0 };",
    instead: "const owner = current[name].owner;",
    red: IN_INSTALLATION_INSTALL(
      "a copy is root's, whosever the file is, and no more open than that",
    ),
  },
  {
    name: "files of somebody's own in our folder go",
    file: "src/installation/memento.ts",
    text: "host.list(folder).filter((name) => OURS.test(name));",
    instead: "[...host.list(folder)];",
    red: IN_INSTALLATION_INSTALL("files of somebody's own beside what is kept stay"),
  },
];

export const INSTALLATION_MUTANTS = operatorMutants(FAULTS);
