/**
 * Gathers what main.cf and master.cf say, through postconf(1). Throws PostconfError.
 */
import { OsError } from "../effects/os_error.ts";
import { allPatterns, tableFiles, unknownTypes } from "../installation/list_patterns.ts";
import { Postconf } from "../installation/postconf.ts";
import { entryName } from "./check.ts";
import type { Looking } from "./looking.ts";
import type { Machine } from "./machine.ts";
import { type Configuration, PARAMETERS } from "./set_up.ts";

const ROOT_UID = 0;

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** The configuration in this directory. */
export async function gatherConfiguration(
  machine: Machine,
  looking: Looking,
  directory: string,
): Promise<Configuration> {
  const postconf = new Postconf(machine.programs, directory);
  const values = await postconf.values(...PARAMETERS);
  const raw = await postconf.rawValues("fast_flush_domains", "relay_domains");
  const settings = await postconf.settings();
  const entries = await postconf.entries();
  const overrides = new Map<string, ReadonlyMap<string, string>>();
  for (const { service, type, command } of entries) {
    // Only these are asked about; and each question starts a program.
    if (/ -o /.test(command) || / [a-z_]+=/.test(command)) {
      const entry = { service, type };
      overrides.set(entryName(entry), await postconf.overrides(service, type));
    }
  }
  const master = looking.text(`${directory}/master.cf`) ?? "";
  return {
    directory,
    values,
    raw,
    set: new Set(settings.map(({ name }) => name)),
    entries,
    overrides,
    hasCommentedEntry: hasComment(master, values.flush_service_name),
    hasCommentedQueueManager: hasComment(master, values.queue_service_name),
    changedMs: changedMs(looking, directory),
    ...readLists(machine, values.fast_flush_domains, await postconf.tableTypes()),
    mailOwner: machine.findUser(values.mail_owner),
  };
}

/** Whether there is an entry of this name that is commented out. */
function hasComment(master: string, service: string): boolean {
  return new RegExp(`^#\\s*${RegExp.escape(service)}\\s+unix\\s`, "m").test(master);
}

function changedMs(looking: Looking, directory: string): number | null {
  const times = ["main.cf", "master.cf"].flatMap((name) => {
    const { status } = looking.place(`${directory}/${name}`, true);
    return status === null ? [] : [Number(status.mtimeNs / NANOSECONDS_PER_MILLISECOND)];
  });
  return times.length === 0 ? null : Math.max(...times);
}

/** Reads the files of a list, and those that they name. */
function readLists(
  machine: Machine,
  domains: string,
  tableTypes: ReadonlySet<string>,
): Pick<Configuration, "listFaults" | "unknownTypes"> {
  const listFaults = new Map<string, string>();
  const read = (path: string): string => readList(machine, path, listFaults);
  const patterns = allPatterns(domains, read);
  for (const path of tableFiles(patterns)) {
    read(path);
  }
  return { listFaults, unknownTypes: unknownTypes(patterns, tableTypes) };
}

/** The service reads these files as root: where this process is not root, others' rights are no fault. */
function readList(
  { textFiles, userId }: Machine,
  path: string,
  faults: Map<string, string>,
): string {
  try {
    return textFiles.read(path).text;
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    if (userId === ROOT_UID || caught.code !== "EACCES") {
      faults.set(path, caught.text);
    }
    return "";
  }
}
