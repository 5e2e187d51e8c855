/**
 * The programs: ours, as installed, and Postfix's version. Pure.
 */

import { TRIAL_SECONDS, type Trial } from "../installation/program_trial.ts";
import { commandLine, quoted } from "../installation/shell_words.ts";
import { isBefore, OLDEST_POSTFIX } from "../wire/postfix_version.ts";
import { backToOriginal, type Check, commandsFor, finding, isOurs } from "./check.ts";
import { inTurn } from "./commands.ts";
import type { Finding } from "./kinds.ts";
import type { Place } from "./set_up.ts";

const ROOT_UID = 0;
const WRITABLE_BY_OTHERS = 0o022;
const RUNNABLE_BY_ALL = 0o111;
const PROGRAM_MODE = "755";

const GO_BACK = "Install it again, or go back to the original meanwhile:";

/** Whoever is not root can change it. */
export function isOpenToOthers({ status }: Place): boolean {
  return status !== null && (status.uid !== ROOT_UID || (status.mode & WRITABLE_BY_OTHERS) !== 0);
}

/** The program is there, is a file of root's, and starts. */
export const programSound: Check = {
  run: (setUp) => {
    if (setUp.programs === null || !isOurs(setUp.configuration)) {
      return null;
    }
    const { ours, folder, trial } = setUp.programs;
    if (ours.status === null) {
      const what = `There is no program ${ours.path}. ${GO_BACK}`;
      return [finding("program-missing", what, backToOriginal(setUp))];
    }
    const findings = [...linkFinding(ours), ...rightsFindings(ours, folder)];
    if (trial !== null && trial !== "untried") {
      const what = `${ours.path} ${failureText(trial)}. ${GO_BACK}`;
      findings.push(finding("program-broken", what, backToOriginal(setUp)));
    }
    return findings;
  },
  well: ({ programs, service }) => {
    const isTried = programs?.trial === null || service.answer === "ours";
    return `the program ${programs?.ours.path} is a file of root's${isTried ? ", and starts" : ""}`;
  },
};

function failureText(trial: Exclude<Trial, null>): string {
  switch (trial) {
    case "stranger":
      return "does not start: it does not answer as fastflush does";
    case "late":
      return `was started, and gave no answer within ${TRIAL_SECONDS} seconds`;
    default:
      return `does not start: ${trial.said}`;
  }
}

function linkFinding({ path, status }: Place): Finding[] {
  if (status?.kind !== "link") {
    return [];
  }
  const word = quoted(path);
  const command = `cp --remove-destination "$(readlink -f ${word})" ${word}`;
  return [finding("program-link", `${path} is a link, not a file.`, command)];
}

function rightsFindings(ours: Place, folder: Place): Finding[] {
  const findings: Finding[] = [];
  const mend = ({ path }: Place): string =>
    inTurn(commandLine("chown", "root:", path), commandLine("chmod", PROGRAM_MODE, path));
  const isFile = ours.status?.kind === "file";
  if (isFile && (isOpenToOthers(ours) || !isRunnable(ours))) {
    findings.push(finding("program-rights", `${ours.path} ${rightsOf(ours)}.`, mend(ours)));
  }
  if (isOpenToOthers(folder)) {
    const what = `${folder.path} ${rightsOf(folder)}.`;
    findings.push(finding("program-folder-rights", what, mend(folder)));
  }
  return findings;
}

function isRunnable({ status }: Place): boolean {
  return status !== null && (status.mode & RUNNABLE_BY_ALL) === RUNNABLE_BY_ALL;
}

function rightsOf({ status }: Place): string {
  return `has owner ${status?.uid} and mode ${status?.mode.toString(8)}; root and ${PROGRAM_MODE} are right`;
}

/** Postfix is of a version that can work with fastflush. */
export const postfixVersion: Check = {
  run: (setUp) => {
    const { configuration, programs } = setUp;
    const version = configuration.values.mail_version;
    const findings: Finding[] = [];
    if (isBefore(version, OLDEST_POSTFIX)) {
      const what = `This is Postfix ${version}; fastflush needs ${OLDEST_POSTFIX.join(".")}.`;
      const command = isOurs(configuration) ? backToOriginal(setUp) : null;
      findings.push(finding("postfix-too-old", what, command));
    }
    const built = programs?.masterVersion ?? version;
    if (built !== version) {
      const what = `The configuration says Postfix ${version}, and master(8) is of ${built}.`;
      const isSet = configuration.set.has("mail_version");
      const command = isSet ? commandsFor(setUp).postconf("-X", "mail_version") : null;
      findings.push(finding("version-mismatch", what, command));
    }
    return findings;
  },
  well: ({ configuration }) => `Postfix is of version ${configuration.values.mail_version}`,
};
