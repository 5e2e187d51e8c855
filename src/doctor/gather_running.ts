/**
 * Gathers what runs for an instance, and the programs that should.
 */

import { tryProgram } from "../installation/program_trial.ts";
import { versionIn } from "../wire/postfix_version.ts";
import { isOpenToOthers } from "./check_programs.ts";
import type { Looking } from "./looking.ts";
import type { Machine } from "./machine.ts";
import type { Configuration, Place, ProgramFacts, RunningFacts } from "./set_up.ts";

const ROOT_UID = 0;

/** What runs; null: this user can't see it. */
export function gatherRunning(
  { processes }: Machine,
  looking: Looking,
  { values }: Configuration,
): RunningFacts | null {
  const path = `${values.queue_directory}/pid/master.pid`;
  const none = { master: null, queueManager: null, flush: [] };
  if (looking.place(path).status === null) {
    return isNoted(looking, path) ? null : none;
  }
  const text = looking.text(path);
  if (text === null) {
    return isNoted(looking, path) ? null : none;
  }
  const master = processes.find(Number(text.trim()));
  if (master === null || master.name !== "master") {
    return none;
  }
  if (master.file === null) {
    looking.note(`what process ${master.pid}, master(8), runs`, "Permission denied", true);
  }
  const children = processes.childrenOf(master.pid);
  const managers = children.filter(({ name }) => name === "qmgr" || name === "oqmgr");
  const queueManager =
    managers.toSorted((one, other) => other.startedMs - one.startedMs)[0] ?? null;
  return { master, queueManager, flush: children.filter(({ name }) => name === "flush") };
}

function isNoted({ unseen }: Looking, path: string): boolean {
  return unseen.some(({ what }) => what === path);
}

/** The programs of the flush service; `mustTry`: that ours starts is not known yet. */
export async function gatherPrograms(
  machine: Machine,
  looking: Looking,
  { directory, values }: Configuration,
  mustTry: boolean,
): Promise<ProgramFacts> {
  const folder = looking.place(`${values.daemon_directory}/fastflush`);
  const ours = looking.place(`${folder.path}/flush`);
  return {
    ours,
    folder,
    original: looking.place(`${values.daemon_directory}/flush`, true),
    trial: mustTry ? await trialOf(machine, directory, ours, folder) : "untried",
    masterVersion: versionIn(looking.text(`${values.daemon_directory}/master`) ?? ""),
  };
}

/** Not where somebody else than root could have put it there. */
async function trialOf(
  { programs, userId }: Machine,
  directory: string,
  ours: Place,
  folder: Place,
): Promise<ProgramFacts["trial"]> {
  const isSafe = ours.status?.kind === "file" && !isOpenToOthers(ours) && !isOpenToOthers(folder);
  return userId === ROOT_UID && isSafe
    ? await tryProgram({ programs }, ours.path, directory)
    : "untried";
}
