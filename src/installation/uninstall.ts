/**
 * Takes our service out of a Postfix instance again.
 *
 * A file that still is as the installation left it gets its old bytes back. In one that was changed since, only what the
 * installation changed is taken out, and only where it still is; what stays is told. The record stays: the original goes
 * on with it. Where a step fails, all before it is taken back.
 */
import type { Programs } from "../effects/programs.ts";
import { placeFiles } from "./configuration_change.ts";
import { OUR_COMMAND, originalCommand, whoseCommand } from "./flush_entry.ts";
import { NotInstalled, Refused } from "./install.ts";
import { linesBack } from "./lines_back.ts";
import {
  type Memento,
  mementoFolder,
  readMemento,
  removeMemento,
  type SettingMemento,
} from "./memento.ts";
import { entryObjections, fileObjections, rewritingObjection } from "./objections.ts";
import { Postconf, PostconfError } from "./postconf.ts";
import { ProgramFile } from "./program_file.ts";
import {
  CONFIGURATION_FILES,
  type ConfigurationFile,
  DEFAULT_DIRECTORY,
  type InstallationTools,
  instanceDirectories,
  type Survey,
  survey,
} from "./survey.ts";
import { type Texts, tryChange } from "./trial.ts";
import { allOrNothing, StepFailed } from "./undo_stack.ts";

/** What is to be done; nothing of it is done yet. */
export interface RemovalPlan {
  readonly survey: Survey;
  readonly after: Texts;
  /** Files that get their old bytes back. */
  readonly restored: readonly ConfigurationFile[];
  /** Files that were changed since, of which only our change is taken out. */
  readonly edited: readonly ConfigurationFile[];
  /** Settings that the installation made, and that stay, as somebody has changed them since: each in words. */
  readonly stays: readonly string[];
  /** Other instances that use the program, so that it stays. */
  readonly otherUsers: readonly string[];
  readonly programPath: string;
}

/** Throws Refused, PostconfError, OsError, StepFailed. */
export async function planRemoval(
  tools: InstallationTools,
  directory: string,
): Promise<RemovalPlan> {
  const state = await survey(tools, directory);
  const { configDirectory } = state;
  const memento = readMemento(tools.host, configDirectory);
  const hasCopies = tools.host.statusOf(mementoFolder(configDirectory)) !== null;
  const [entry] = state.entries;
  const isOurs = entry !== undefined && whoseCommand(entry.command) === "fastflush";
  if (!isOurs && !hasCopies) {
    throw new NotInstalled([
      `fastflush's service is not in ${configDirectory}/master.cf, and nothing is left of an installation.`,
    ]);
  }
  const reasons = [...fileObjections(state), ...(isOurs ? entryObjections(state) : [])];
  if (reasons.length > 0) {
    throw new Refused(reasons);
  }
  const restored = CONFIGURATION_FILES.filter(
    (name) => memento?.files[name]?.after === state.files[name].text,
  );
  const base = {
    "main.cf": textOf(state, memento, restored, "main.cf"),
    "master.cf": masterBefore(state, memento, restored),
  };
  const stays: string[] = [];
  const after = await tryChange(
    tools,
    base,
    state.parameters.flush_service_name,
    async (postconf) => {
      if (isOurs && !restored.includes("master.cf")) {
        await editEntry(postconf, { state, memento, stays }, base["master.cf"]);
      }
      if (!restored.includes("main.cf")) {
        await editSettings(postconf, { state, memento, stays });
      }
    },
  );
  const program = new ProgramFile(tools, state.parameters.daemon_directory);
  return {
    survey: state,
    after,
    restored,
    edited: CONFIGURATION_FILES.filter(
      (name) => !restored.includes(name) && after[name] !== state.files[name].text,
    ),
    stays,
    otherUsers: await otherUsers(tools, state, program),
    programPath: program.path,
  };
}

/**
 * Other instances whose master.cf names the program: of those that it was installed for, those beside this one, and the
 * one that Postfix's commands mean by themselves.
 */
async function otherUsers(
  { host, programs }: InstallationTools,
  state: Survey,
  program: ProgramFile,
): Promise<string[]> {
  const known = [...program.instances(), ...instanceDirectories(state), DEFAULT_DIRECTORY];
  const others = [...new Set(known)].filter((each) => each !== state.configDirectory);
  const users: string[] = [];
  for (const directory of others) {
    const master = `${directory}/master.cf`;
    if (host.statusOf(master) === null || !host.read(master).includes(OUR_COMMAND)) {
      continue;
    }
    if (await mayHaveDaemons(programs, directory, state.parameters.daemon_directory)) {
      users.push(directory);
    }
  }
  return users;
}

/** Where postconf can't tell, it may: the program stays. */
async function mayHaveDaemons(
  programs: Programs,
  configDirectory: string,
  daemonDirectory: string,
): Promise<boolean> {
  try {
    const postconf = new Postconf(programs, configDirectory);
    return (await postconf.values("daemon_directory")).daemon_directory === daemonDirectory;
  } catch (caught) {
    if (caught instanceof PostconfError) {
      return true;
    }
    throw caught;
  }
}

function textOf(
  state: Survey,
  memento: Memento | null,
  restored: readonly ConfigurationFile[],
  name: ConfigurationFile,
): string {
  const current = state.files[name].text;
  return restored.includes(name) ? (memento?.files[name]?.before ?? current) : current;
}

/** In one that was changed since, the lines of our entry are as before where they still are as they were left. */
function masterBefore(
  state: Survey,
  memento: Memento | null,
  restored: readonly ConfigurationFile[],
): string {
  const text = textOf(state, memento, restored, "master.cf");
  const { before, after = null } = memento?.files["master.cf"] ?? {};
  return before === undefined || after === null || restored.includes("master.cf")
    ? text
    : (linesBack(before, after, text) ?? text);
}

interface Editing {
  readonly state: Survey;
  readonly memento: Memento | null;
  /** Is told what stays. */
  readonly stays: string[];
}

/** Unless it is the original's again. */
async function editEntry(
  postconf: Postconf,
  { state, memento, stays }: Editing,
  master: string,
): Promise<void> {
  const name = state.parameters.flush_service_name;
  const entry = (await postconf.entries()).find(
    ({ service, type }) => service === name && type === "unix",
  );
  if (entry === undefined || whoseCommand(entry.command) !== "fastflush") {
    return;
  }
  const reasons = rewritingObjection(state, master);
  if (reasons.length > 0) {
    throw new Refused(reasons);
  }
  await postconf.setColumn(entry, "command", originalCommand(entry.command));
  const current = state.overrides.get("max_use");
  const ours = memento?.maxUse ?? null;
  if (current === undefined) {
    return;
  }
  if (ours === null || ours.after !== current) {
    if (current !== ours?.before) {
      stays.push(`max_use=${current} of the entry ${entry.service}/${entry.type}`);
    }
  } else if (ours.before === null) {
    await postconf.unsetOverride(entry, "max_use");
  } else {
    await postconf.setOverride(entry, "max_use", ours.before);
  }
}

async function editSettings(postconf: Postconf, { state, memento, stays }: Editing): Promise<void> {
  for (const [name, { before, after }] of Object.entries(memento?.settings ?? {})) {
    const current = state.settings.get(name) ?? null;
    if (current === after) {
      await putBack(postconf, name, before);
    } else if (current !== null && current !== before) {
      stays.push(`${name} = ${current}`);
    }
  }
}

async function putBack(
  postconf: Postconf,
  name: string,
  before: SettingMemento["before"],
): Promise<void> {
  if (before === null) {
    await postconf.unset(name);
  } else {
    await postconf.set(name, before);
  }
}

/**
 * Carries a plan out. `verify` as for an installation: the original is to answer.
 * Throws TakenBack.
 */
export async function carryOutRemoval(
  tools: InstallationTools,
  plan: RemovalPlan,
  verify: () => Promise<string | null>,
): Promise<void> {
  const { survey: state } = plan;
  const { configDirectory, parameters } = state;
  const isChange = plan.restored.length + plan.edited.length > 0;
  await tools.host.withoutInterrupts(async () => {
    await allOrNothing(async (undo) => {
      if (!isChange) {
        return;
      }
      await placeFiles(tools, state, plan.after, undo);
      const fault = state.masterPid === null ? null : await verify();
      if (fault !== null) {
        throw new StepFailed(fault);
      }
    });
    // Postfix does not need them any more: whatever fails here leaves files about, and the next try goes on.
    new ProgramFile(tools, parameters.daemon_directory).drop(configDirectory, plan.otherUsers);
    removeMemento(tools.host, configDirectory);
  });
}
