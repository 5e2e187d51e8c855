/**
 * How one Postfix instance stands, as far as installing our service must know: read, and nothing changed.
 *
 * Values are Postfix's own (postconf(1)), files are as they were at the moment of reading. Throws PostconfError where
 * the configuration can't be understood, OsError where a file can't be read.
 */
import type { Host, HostOwner } from "../effects/host.ts";
import { errorCode } from "../effects/os_error.ts";
import type { Programs } from "../effects/programs.ts";
import { ETRN_RESTRICTIONS, type OpenEtrn, openEtrn } from "./etrn.ts";
import { type MasterEntry, Postconf } from "./postconf.ts";

/** Where Postfix's commands look by themselves. */
export const DEFAULT_DIRECTORY = "/etc/postfix";

/** The two files of a configuration that an installation may change. */
export const CONFIGURATION_FILES = ["main.cf", "master.cf"] as const;
export type ConfigurationFile = (typeof CONFIGURATION_FILES)[number];

/** A file as it is. */
export interface FileState {
  readonly text: string;
  readonly owner: HostOwner;
  /** It is an ordinary file of that name. */
  readonly isPlain: boolean;
}

/** One instance. All text is byte strings. */
export interface Survey {
  readonly configDirectory: string;
  readonly parameters: Readonly<Record<ParameterName, string>>;
  /** What main.cf itself sets, nothing expanded. */
  readonly settings: ReadonlyMap<string, string>;
  /** The entries of the flush service: one, unless something is wrong. */
  readonly entries: readonly MasterEntry[];
  /** What that entry sets by `-o`. */
  readonly overrides: ReadonlyMap<string, string>;
  /** smtpd_etrn_restrictions that entries set for themselves, by entry. */
  readonly etrnOverrides: ReadonlyMap<string, string>;
  /** Where ETRN is open to whoever reaches it. */
  readonly openEtrn: OpenEtrn;
  /** The types of lookup tables that this Postfix has. */
  readonly tableTypes: ReadonlySet<string>;
  readonly files: Readonly<Record<ConfigurationFile, FileState>>;
  /** The running master(8); null: Postfix does not run. */
  readonly masterPid: number | null;
}

const PARAMETERS = [
  "mail_version",
  "daemon_directory",
  "queue_directory",
  "flush_service_name",
  "import_environment",
  "fast_flush_domains",
  "fast_flush_refresh_time",
  "max_use",
  "inet_interfaces",
  "smtpd_client_restrictions",
  "smtpd_etrn_restrictions",
  "smtpd_helo_restrictions",
  "multi_instance_name",
  "multi_instance_directories",
  "multi_instance_wrapper",
] as const;
type ParameterName = (typeof PARAMETERS)[number];

/** By what means an instance is looked at and changed. */
export interface InstallationTools {
  readonly host: Host;
  readonly programs: Programs;
}

/** Looks at the instance whose main.cf is in this directory. */
export async function survey(
  { host, programs }: InstallationTools,
  directory: string,
): Promise<Survey> {
  // The same instance by the same name, as lists of instances hold it.
  const configDirectory = directory.replace(/(?<=[^/])\/+$/, "");
  const postconf = new Postconf(programs, configDirectory);
  const parameters = await postconf.values(...PARAMETERS);
  const settings = await postconf.settings();
  const service = parameters.flush_service_name;
  const entries = await postconf.entries();
  const overrides = await postconf.overridesEverywhere();
  return {
    configDirectory,
    parameters,
    settings: new Map(settings.map(({ name, raw }) => [name, raw])),
    entries: entries.filter((each) => each.service === service && each.type === "unix"),
    overrides: await postconf.overrides(service, "unix"),
    etrnOverrides: settingsOf(overrides, ETRN_RESTRICTIONS),
    openEtrn: openEtrn({ values: parameters, entries, overrides }),
    tableTypes: await postconf.tableTypes(),
    files: {
      "main.cf": fileState(host, `${configDirectory}/main.cf`),
      "master.cf": fileState(host, `${configDirectory}/master.cf`),
    },
    masterPid: masterPid(host, parameters.queue_directory),
  };
}

/** What entries set this parameter to. */
function settingsOf(
  overrides: ReadonlyMap<string, ReadonlyMap<string, string>>,
  name: string,
): ReadonlyMap<string, string> {
  const found = [...overrides].flatMap(([entry, own]) => {
    const value = own.get(name);
    return value === undefined ? [] : [[entry, value] as const];
  });
  return new Map(found);
}

/** The instances that belong to this one, itself first: what `postmulti -l` lists, for the one that has the list. */
export function instanceDirectories({ configDirectory, parameters }: Survey): string[] {
  const others = parameters.multi_instance_directories
    .split(/[\s,]+/)
    .filter((each) => each !== "");
  return [configDirectory, ...others];
}

function fileState(host: Host, path: string): FileState {
  const status = host.statusOf(path);
  return {
    text: host.read(path),
    owner: { mode: status?.mode ?? 0, uid: status?.uid ?? 0, gid: status?.gid ?? 0 },
    isPlain: status?.kind === "file",
  };
}

/** Of the instance with this queue; null where none runs, or who asks may not know. */
function masterPid(host: Host, queueDirectory: string): number | null {
  try {
    const pid = Number(host.read(`${queueDirectory}/pid/master.pid`).trim());
    const isMaster =
      pid > 0 && /\/master(?: \(deleted\))?$/.test(host.readLink(`/proc/${pid}/exe`));
    return isMaster ? pid : null;
  } catch (caught) {
    if (["ENOENT", "EACCES", "ESRCH"].includes(errorCode(caught))) {
      return null;
    }
    throw caught;
  }
}
