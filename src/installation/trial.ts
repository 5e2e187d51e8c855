/**
 * What postconf(1) would make of main.cf and master.cf: found out on copies, in a folder that goes away again.
 *
 * So the outcome is known, looked at and kept before a file of the instance is touched, and takes its place in one
 * step, with the owner and mode that the file had. Throws PostconfError, OsError.
 */
import type { HostOwner } from "../effects/host.ts";
import { atPath } from "./at_path.ts";
import { type MasterEntry, Postconf } from "./postconf.ts";
import { CONFIGURATION_FILES, type ConfigurationFile, type InstallationTools } from "./survey.ts";
import { StepFailed } from "./undo_stack.ts";

export type Texts = Readonly<Record<ConfigurationFile, string>>;

const PRIVATE: HostOwner = { mode: 0o600, uid: 0, gid: 0 };

/**
 * The two files after a change. Only the command of the entry of `service` may differ then, among all entries:
 * StepFailed where postconf has changed more.
 */
export async function tryChange(
  { host, programs }: InstallationTools,
  before: Texts,
  service: string,
  change: (postconf: Postconf) => Promise<void>,
): Promise<Texts> {
  const folder = host.makeTemporaryDirectory();
  try {
    for (const name of CONFIGURATION_FILES) {
      atPath(`${folder}/${name}`, () => host.write(`${folder}/${name}`, before[name], PRIVATE));
    }
    host.makeOld(`${folder}/main.cf`);
    const postconf = new Postconf(programs, folder);
    const entriesBefore = await postconf.entries();
    await change(postconf);
    host.makeOld(`${folder}/main.cf`);
    checkEntries(entriesBefore, await postconf.entries(), service);
    return {
      "main.cf": host.read(`${folder}/main.cf`),
      "master.cf": host.read(`${folder}/master.cf`),
    };
  } finally {
    for (const name of host.list(folder)) {
      host.remove(`${folder}/${name}`);
    }
    host.removeDirectory(folder);
  }
}

function checkEntries(
  before: readonly MasterEntry[],
  after: readonly MasterEntry[],
  service: string,
): void {
  const essence = (entries: readonly MasterEntry[]): string =>
    JSON.stringify(
      entries.map((entry) =>
        entry.service === service && entry.type === "unix" ? { ...entry, command: "" } : entry,
      ),
    );
  if (essence(before) !== essence(after)) {
    throw new StepFailed(
      "postconf would have changed more in master.cf than the command of the entry",
    );
  }
}

/** Lines that are only in one of two texts, as diff(1) marks them: what was first, and where it goes on the same. */
export function changedLines(before: string, after: string): readonly string[] {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  return [
    ...without(old, fresh).map((line) => `-${line}`),
    ...without(fresh, old).map((line) => `+${line}`),
  ];
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of others) {
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return lines.filter((line) => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  });
}
