/**
 * Gathers what main.cf and master.cf say, through postconf(1). Throws PostconfError.
 */
import { OsError } from "../effects/os_error.ts";
import { Postconf } from "../installation/postconf.ts";
import { entryName } from "./check.ts";
import type { Host } from "./host.ts";
import { indexedFiles, listedFiles } from "./list_patterns.ts";
import type { Looking } from "./looking.ts";
import { type Configuration, PARAMETERS } from "./set_up.ts";

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** The configuration in this directory. */
export async function gatherConfiguration(
  host: Host,
  looking: Looking,
  directory: string,
): Promise<Configuration> {
  const postconf = new Postconf(host.programs, directory);
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
  const commented = new RegExp(`^#\\s*${RegExp.escape(values.flush_service_name)}\\s+unix\\s`, "m");
  const domains = values.fast_flush_domains;
  return {
    directory,
    values,
    raw,
    set: new Set(settings.map(({ name }) => name)),
    entries,
    overrides,
    hasCommentedEntry: commented.test(master),
    changedMs: changedMs(looking, directory),
    listFaults: listFaults(host, domains),
    tableSources: new Map(
      indexedFiles(domains).map((path) => [path, looking.place(path, true).status !== null]),
    ),
    mailOwner: host.findUser(values.mail_owner),
  };
}

function changedMs(looking: Looking, directory: string): number | null {
  const times = ["main.cf", "master.cf"].flatMap((name) => {
    const { status } = looking.place(`${directory}/${name}`, true);
    return status === null ? [] : [Number(status.mtimeNs / NANOSECONDS_PER_MILLISECOND)];
  });
  return times.length === 0 ? null : Math.max(...times);
}

/** The service reads these files as root: where this process is not root, others' rights are no fault. */
function listFaults({ textFiles, userId }: Host, domains: string): Map<string, string> {
  const faults = new Map<string, string>();
  for (const path of listedFiles(domains)) {
    try {
      textFiles.read(path);
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      if (userId === 0 || caught.code !== "EACCES") {
        faults.set(path, caught.text);
      }
    }
  }
  return faults;
}
