/**
 * What an installation did, kept beside the files that it changed so that it can be taken back: the folder `fastflush`
 * of the configuration directory, root's as that one is.
 *
 * Holds `installed.json`, and of each file that was changed a copy as it was before (NAME.before-DATE) and as it was
 * left (NAME.installed). A file that still is as it was left gets its old bytes back; otherwise the settings say what
 * was changed. Written before anything is changed, so that an installation that was broken off can be taken back too.
 */
import { type Host, type HostOwner, unfinishedPath } from "../effects/host.ts";
import { atPath } from "./at_path.ts";
import { CONFIGURATION_FILES, type ConfigurationFile, type FileState } from "./survey.ts";

/** A file that was changed: as it was, and as it was left; null: it has been changed again in between. */
export interface FileMemento {
  readonly before: string;
  /** When `before` was taken, as in its copy's name. */
  readonly date: string;
  readonly after: string | null;
}

/** A setting that was changed; null: it was not set. */
export interface SettingMemento {
  readonly before: string | null;
  readonly after: string;
}

/** All that was changed in an instance. Text is byte strings. */
export interface Memento {
  readonly files: Readonly<Partial<Record<ConfigurationFile, FileMemento>>>;
  /** In main.cf, by parameter, nothing expanded. */
  readonly settings: Readonly<Record<string, SettingMemento>>;
  /** `max_use` of the entry in master.cf. */
  readonly maxUse: SettingMemento | null;
}

export const NO_MEMENTO: Memento = { files: {}, settings: {}, maxUse: null };

/** A write that was broken off leaves a name with a dot before it. */
const OURS = /^\.?(?:main\.cf|master\.cf|installed\.json)/;

const FORMAT = 1;
const FOLDER_MODE = 0o755;
const STATE: HostOwner = { mode: 0o644, uid: 0, gid: 0 };

interface StateText {
  readonly format: number;
  readonly files: Readonly<Partial<Record<ConfigurationFile, { date: string; hasAfter: boolean }>>>;
  readonly settings: Memento["settings"];
  readonly max_use: SettingMemento | null;
}

/** Where it is kept. */
export function mementoFolder(configDirectory: string): string {
  return `${configDirectory}/fastflush`;
}

/** Where the copy of a file as it was before is kept. */
export function backupPath(configDirectory: string, name: ConfigurationFile, date: string): string {
  return `${mementoFolder(configDirectory)}/${name}.before-${date}`;
}

function installedPath(configDirectory: string, name: ConfigurationFile): string {
  return `${mementoFolder(configDirectory)}/${name}.installed`;
}

function statePath(configDirectory: string): string {
  return `${mementoFolder(configDirectory)}/installed.json`;
}

/** What is remembered; null: nothing, or nothing that can be understood. Throws OsError. */
export function readMemento(host: Host, configDirectory: string): Memento | null {
  if (host.statusOf(statePath(configDirectory)) === null) {
    return null;
  }
  const state = parseState(host.read(statePath(configDirectory)));
  if (state === null) {
    return null;
  }
  const files: Partial<Record<ConfigurationFile, FileMemento>> = {};
  for (const name of CONFIGURATION_FILES) {
    const file = state.files[name];
    const before =
      file === undefined ? null : readCopy(host, backupPath(configDirectory, name, file.date));
    if (file !== undefined && before !== null) {
      const after = file.hasAfter ? readCopy(host, installedPath(configDirectory, name)) : null;
      files[name] = { before, date: file.date, after };
    }
  }
  return { files, settings: state.settings, maxUse: state.max_use };
}

/** Null: somebody has removed it. */
function readCopy(host: Host, path: string): string | null {
  return host.statusOf(path) === null ? null : host.read(path);
}

/** Written by this program into a folder of root's: only its format is looked at. */
function parseState(text: string): StateText | null {
  try {
    const state: StateText | null = JSON.parse(text);
    return state?.format === FORMAT ? state : null;
  } catch {
    return null;
  }
}

/** Keeps it; the copies get the groups and modes of the files. */
export function writeMemento(
  host: Host,
  configDirectory: string,
  memento: Memento,
  current: Readonly<Record<ConfigurationFile, FileState>>,
): void {
  const folder = mementoFolder(configDirectory);
  if (host.statusOf(folder) === null) {
    atPath(folder, () => host.makeDirectory(folder, FOLDER_MODE));
  }
  const write = (path: string, text: string, owner: HostOwner): void =>
    atPath(path, () => host.write(path, text, owner));
  const files: Partial<Record<ConfigurationFile, { date: string; hasAfter: boolean }>> = {};
  for (const name of CONFIGURATION_FILES) {
    const file = memento.files[name];
    if (file !== undefined) {
      // Root's whoever owns the file: they are what root puts back.
      const owner = { ...current[name].owner, uid: 0 };
      write(backupPath(configDirectory, name, file.date), file.before, owner);
      if (file.after !== null) {
        write(installedPath(configDirectory, name), file.after, owner);
      }
      files[name] = { date: file.date, hasAfter: file.after !== null };
    }
  }
  const state: StateText = {
    format: FORMAT,
    files,
    settings: memento.settings,
    max_use: memento.maxUse,
  };
  write(statePath(configDirectory), `${JSON.stringify(state, null, 2)}\n`, STATE);
}

/** Forgets it: the folder goes, unless somebody keeps files of their own there; and what a kill has left beside it. */
export function removeMemento(host: Host, configDirectory: string): void {
  for (const name of CONFIGURATION_FILES) {
    const path = unfinishedPath(`${configDirectory}/${name}`);
    if (host.statusOf(path) !== null) {
      host.remove(path);
    }
  }
  const folder = mementoFolder(configDirectory);
  if (host.statusOf(folder)?.kind !== "directory") {
    return;
  }
  // First what says that there is something to take back: without its copies it could not be.
  const isState = (name: string): boolean => `${folder}/${name}` === statePath(configDirectory);
  const names = host.list(folder).filter((name) => OURS.test(name));
  for (const name of names.sort((one, other) => Number(isState(other)) - Number(isState(one)))) {
    host.remove(`${folder}/${name}`);
  }
  if (host.list(folder).length === 0) {
    host.removeDirectory(folder);
  }
}
