/**
 * Puts changed main.cf and master.cf in their places, has Postfix take them up, and takes both back if asked.
 *
 * A file that somebody has changed since it was read is not touched: StepFailed. Each file is replaced whole, and
 * keeps its owner and mode.
 */
import { atPath } from "./at_path.ts";
import {
  CONFIGURATION_FILES,
  type ConfigurationFile,
  DEFAULT_DIRECTORY,
  type FileState,
  type InstallationTools,
  type Survey,
} from "./survey.ts";
import type { Texts } from "./trial.ts";
import { StepFailed, type UndoStack } from "./undo_stack.ts";

/** `postfix reload` checks the installation first. */
const RELOAD_MS = 60_000;

/** The files that are to be changed. */
export function changedFiles(survey: Survey, after: Texts): ConfigurationFile[] {
  return CONFIGURATION_FILES.filter((name) => survey.files[name].text !== after[name]);
}

/** Puts the new texts in place, and has a running Postfix read them. */
export async function placeFiles(
  tools: InstallationTools,
  survey: Survey,
  after: Texts,
  undo: UndoStack,
): Promise<void> {
  // Taken back last: when the files are the old ones again.
  let hasReloaded = false;
  undo.push("Postfix as it runs", async () => {
    if (hasReloaded) {
      await reload(tools, survey);
    }
  });
  for (const name of changedFiles(survey, after)) {
    const path = `${survey.configDirectory}/${name}`;
    const { text, owner } = survey.files[name];
    replaceFile(tools, path, text, { text: after[name], owner });
    undo.push(path, () => replaceFile(tools, path, after[name], { text, owner }));
  }
  if (survey.masterPid !== null) {
    hasReloaded = true;
    await reload(tools, survey);
  }
}

function replaceFile(
  { host }: InstallationTools,
  path: string,
  expected: string,
  { text, owner }: Omit<FileState, "isPlain">,
): void {
  const current = host.read(path);
  if (current === text) {
    return;
  }
  if (current !== expected) {
    throw new StepFailed(`${path} was changed by somebody else meanwhile`);
  }
  atPath(path, () => host.write(path, text, owner));
}

/** Has a running Postfix read its configuration. Throws StepFailed. */
export async function reload({ programs }: InstallationTools, survey: Survey): Promise<void> {
  const words = reloadWords(survey);
  const { status, err } = await programs.run(words, { limitMs: RELOAD_MS });
  if (status !== 0) {
    const said = err.trim().split("\n").at(-1) ?? "";
    const ended = status === null ? "was ended, or took too long" : `exit status ${status}`;
    throw new StepFailed(`"${words.join(" ")}" failed: ${said === "" ? ended : said}`);
  }
}

/**
 * Of the first of several instances postfix(1) would reload all of them, where it is in the directory that Postfix means
 * by itself. postmulti(1) knows no other first one; and with another directory postfix(1) means that instance alone.
 */
function reloadWords({ configDirectory, parameters }: Survey): string[] {
  const { multi_instance_wrapper: wrapper, multi_instance_name: name } = parameters;
  const isFirst = wrapper !== "" && parameters.multi_instance_directories !== "";
  return isFirst && configDirectory === DEFAULT_DIRECTORY
    ? ["postmulti", "-i", name === "" ? "-" : name, "-p", "reload"]
    : ["postfix", "-c", configDirectory, "reload"];
}
