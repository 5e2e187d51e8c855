/**
 * Puts our service into a Postfix instance, or brings it up to date there.
 *
 * First a plan, for which nothing is changed; then the plan is carried out: what is to be remembered, the program, the
 * two files in one step each, and Postfix reads them. Where a step fails, all before it is taken back, Postfix's reading
 * included; a run that was killed is taken back by the next `uninstall`, and gone over by the next installation.
 */

import { changedFiles, placeFiles, reload } from "./configuration_change.ts";
import { optionLetters, ourCommand, whoseCommand } from "./flush_entry.ts";
import {
  backupPath,
  type FileMemento,
  type Memento,
  NO_MEMENTO,
  readMemento,
  removeMemento,
  type SettingMemento,
  writeMemento,
} from "./memento.ts";
import { objections, type Wish } from "./objections.ts";
import type { Postconf } from "./postconf.ts";
import { ProgramFile } from "./program_file.ts";
import { isEveryDestination, strangersUnder } from "./recorded_sites.ts";
import {
  CONFIGURATION_FILES,
  type ConfigurationFile,
  type InstallationTools,
  type Survey,
  survey,
} from "./survey.ts";
import { type Texts, tryChange } from "./trial.ts";
import { allOrNothing, StepFailed, type UndoStack } from "./undo_stack.ts";

/**
 * So many clients one process serves, unless told otherwise. Its start, and the time until what it runs is compiled, cost as much
 * as some thousand clients more: at 10,000 a fifth of the adds a second is lost, at 100,000 hardly any (docs/PERFORMANCE.md). And
 * lives stay short: a relay that defers a hundred recipients a second has a new process after 17 minutes.
 */
export const MAX_USE = 100_000;

/** What `everyDestination` sets. */
export const EVERY_DESTINATION = {
  fast_flush_domains: "static:all",
  smtpd_etrn_restrictions: "permit_mynetworks, reject",
  fast_flush_refresh_time: "7d",
} as const;

/** A setting that is to be changed. */
interface SettingChange {
  readonly name: string;
  /** Null: it is not set. */
  readonly before: string | null;
  readonly after: string;
}

/** What is to be done; nothing of it is done yet. */
export interface InstallationPlan {
  readonly survey: Survey;
  readonly source: string;
  readonly program: "new" | "update" | "current";
  /** Where the program goes. */
  readonly programPath: string;
  /** The entry names another program so far. */
  readonly changesEntry: boolean;
  readonly maxUse: SettingChange | null;
  readonly settings: readonly SettingChange[];
  readonly after: Texts;
  readonly changedFiles: readonly ConfigurationFile[];
  readonly memento: Memento;
  /** Where the changed files are kept as they are now, by name; none where an earlier copy is kept. */
  readonly copies: Readonly<Partial<Record<ConfigurationFile, string>>>;
}

/** Nothing was changed, for these reasons. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(reasons.join("\n"));
    this.reasons = reasons;
  }
}

/** There is nothing to take out. */
export class NotInstalled extends Refused {}

/** There is nothing to do. */
export function isUpToDate(plan: InstallationPlan): boolean {
  return plan.program === "current" && plan.changedFiles.length === 0;
}

/** `date` names the copies of what is changed. Throws Refused, PostconfError, OsError, StepFailed. */
export async function planInstallation(
  tools: InstallationTools,
  directory: string,
  { wish, source, date }: { readonly wish: Wish; readonly source: string; readonly date: string },
): Promise<InstallationPlan> {
  const state = await survey(tools, directory);
  const { configDirectory } = state;
  const reasons = objections(state, wish, tools.host);
  if (tools.host.statusOf(source) === null) {
    reasons.push(`${source} is not there: it is the service's program, to be named by --program.`);
  }
  const [entry] = state.entries;
  if (entry === undefined || reasons.length > 0) {
    throw new Refused(reasons);
  }
  const program = new ProgramFile(tools, state.parameters.daemon_directory);
  const changesEntry = whoseCommand(entry.command) !== "fastflush";
  const maxUse = maxUseChange(state, wish, entry.command, changesEntry);
  const settings = wish.everyDestination ? settingChanges(state) : [];
  const before = {
    "main.cf": state.files["main.cf"].text,
    "master.cf": state.files["master.cf"].text,
  };
  const after = await tryChange(tools, before, entry.service, async (postconf) => {
    if (changesEntry) {
      await postconf.setColumn(entry, "command", ourCommand(entry.command));
    }
    if (maxUse !== null) {
      await postconf.setOverride(entry, maxUse.name, maxUse.after);
    }
    await setAll(postconf, settings);
  });
  const changed = changedFiles(state, after);
  const old = readMemento(tools.host, configDirectory) ?? NO_MEMENTO;
  const isOurs = !changesEntry;
  const memento = mementoOf(old, { state, after, changed, isOurs, maxUse, settings, date });
  const isCurrent = program.isThere() && program.isCurrent(source);
  return {
    survey: state,
    source,
    program: isCurrent ? "current" : program.isThere() ? "update" : "new",
    programPath: program.path,
    changesEntry,
    maxUse,
    settings,
    after,
    changedFiles: changed,
    memento,
    copies: copiesOf(configDirectory, memento, date),
  };
}

/** A number that somebody has chosen for this entry stays, unless another is named. */
function maxUseChange(
  { overrides }: Survey,
  { maxUse }: Wish,
  command: string,
  changesEntry: boolean,
): SettingChange | null {
  const before = overrides.get("max_use") ?? null;
  const isChosen = before !== null || optionLetters(command).has("m");
  const after = maxUse ?? (changesEntry && !isChosen ? MAX_USE : null);
  return after === null || String(after) === before
    ? null
    : { name: "max_use", before, after: String(after) };
}

/** What is safe as it is stays. */
function settingChanges({ parameters, settings }: Survey): SettingChange[] {
  const isDone = {
    fast_flush_domains: isEveryDestination(parameters.fast_flush_domains),
    smtpd_etrn_restrictions: strangersUnder(parameters.smtpd_etrn_restrictions) === "turned away",
    fast_flush_refresh_time: settings.has("fast_flush_refresh_time"),
  };
  return (Object.keys(EVERY_DESTINATION) as (keyof typeof EVERY_DESTINATION)[])
    .filter((name) => !isDone[name])
    .map((name) => ({ name, before: settings.get(name) ?? null, after: EVERY_DESTINATION[name] }));
}

async function setAll(postconf: Postconf, settings: readonly SettingChange[]): Promise<void> {
  for (const { name, after } of settings) {
    await postconf.set(name, after);
  }
}

function copiesOf(
  configDirectory: string,
  { files }: Memento,
  date: string,
): InstallationPlan["copies"] {
  const fresh = CONFIGURATION_FILES.filter((name) => files[name]?.date === date);
  return Object.fromEntries(fresh.map((name) => [name, backupPath(configDirectory, name, date)]));
}

interface Changes {
  readonly state: Survey;
  readonly after: Texts;
  readonly changed: readonly ConfigurationFile[];
  readonly isOurs: boolean;
  readonly maxUse: SettingChange | null;
  readonly settings: readonly SettingChange[];
  readonly date: string;
}

/** What is to be remembered: what was before the first installation, as far as nobody else has changed it since. */
function mementoOf(old: Memento, changes: Changes): Memento {
  const { state, after, changed, date, settings, maxUse } = changes;
  const hasOurs = {
    "main.cf": Object.entries(old.settings).some(
      ([name, { after: set }]) => state.settings.get(name) === set,
    ),
    "master.cf": changes.isOurs,
  };
  const files: Partial<Record<ConfigurationFile, FileMemento>> = { ...old.files };
  for (const name of changed) {
    const current = state.files[name].text;
    const known = old.files[name];
    const isAsLeft = known !== undefined && [known.before, known.after].includes(current);
    files[name] = isAsLeft
      ? { ...known, after: after[name] }
      : hasOurs[name]
        ? { before: known?.before ?? current, date: known?.date ?? date, after: null }
        : { before: current, date, after: after[name] };
  }
  const merged = settings.map((change) => [
    change.name,
    mergedSetting(old.settings[change.name], change),
  ]);
  return {
    files,
    settings: { ...old.settings, ...Object.fromEntries(merged) },
    maxUse: maxUse === null ? old.maxUse : mergedSetting(old.maxUse ?? undefined, maxUse),
  };
}

function mergedSetting(
  old: SettingMemento | undefined,
  { before, after }: SettingChange,
): SettingMemento {
  return { before: old !== undefined && old.after === before ? old.before : before, after };
}

/**
 * Carries a plan out. `verify` says in words what is wrong with the service that answers then, or null; it is not asked
 * where Postfix does not run. Throws TakenBack.
 */
export async function carryOutInstallation(
  tools: InstallationTools,
  plan: InstallationPlan,
  verify: () => Promise<string | null>,
): Promise<void> {
  const { host } = tools;
  const { survey: state, after } = plan;
  const { configDirectory } = state;
  const program = new ProgramFile(tools, state.parameters.daemon_directory);
  await host.withoutInterrupts(() =>
    allOrNothing(async (undo) => {
      let mayHaveReloaded = false;
      if (plan.program === "update") {
        // Taken back last: the old program serves again when it is back.
        undo.push("the program as it runs", async () => {
          if (mayHaveReloaded && state.masterPid !== null) {
            await reload(tools, state);
          }
        });
      }
      rememberChanges(tools, plan, undo);
      if (plan.program !== "current") {
        await program.put(plan.source, configDirectory, undo);
      }
      program.addInstance(configDirectory, undo);
      mayHaveReloaded = true;
      await placeFiles(tools, state, after, undo);
      const fault = state.masterPid === null ? null : await verify();
      if (fault !== null) {
        throw new StepFailed(fault);
      }
      program.forgetOld();
    }),
  );
}

function rememberChanges(
  { host }: InstallationTools,
  plan: InstallationPlan,
  undo: UndoStack,
): void {
  if (plan.changedFiles.length === 0) {
    return;
  }
  const { configDirectory, files } = plan.survey;
  const before = readMemento(host, configDirectory);
  undo.push("what is remembered of the installation", () => {
    removeMemento(host, configDirectory);
    if (before !== null) {
      writeMemento(host, configDirectory, before, files);
    }
  });
  writeMemento(host, configDirectory, plan.memento, files);
}
