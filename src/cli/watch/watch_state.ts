/**
 * The state folder of watchers as commands use it: opened for who runs the command, with errors in words for an operator.
 */
import {
  AlreadyWatched,
  type Registration,
  StateFault,
  StateFolder,
} from "../../watching/state_folder.ts";
import type { WatcherRecord } from "../../watching/watcher_record.ts";
import type { CommandTools } from "../command_tools.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { printable } from "../printable.ts";
import { stateDirectory } from "../state_directory.ts";

/** Where it is, unless --state-dir says otherwise. */
export const STATE_FOLDER = "/var/lib/fastflush/watch";

/** To be asked before anything enters the queue. */
export function stateFolder(tools: CommandTools, path: string): StateFolder {
  const { machine, clock } = tools;
  const { files, userId } = machine;
  return new StateFolder({ files, clock, userId }, stateDirectory(tools, path));
}

/** Does what uses the folder. Throws CommandError. */
export async function usingState<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (caught) {
    if (caught instanceof AlreadyWatched) {
      const { site, watcher } = caught;
      throw new CommandError(
        EXIT.found,
        `${printable(site)} is watched already, by watcher ${watcher.id} (process ${watcher.pid}): see fastflush watch ` +
          `--list, and end it with fastflush watch --stop ${watcher.id}. Nothing was done.`,
      );
    }
    if (caught instanceof StateFault) {
      throw new CommandError(
        EXIT.found,
        `What watchers do can't be written down or read: ${printable(caught.message)}. Another folder is used with ` +
          "--state-dir DIRECTORY.",
      );
    }
    throw caught;
  }
}

/** Does `work` while this process is written down as a watcher of these. */
export async function whileRegistered(
  folder: StateFolder,
  watcher: Omit<WatcherRecord, "id">,
  id: number | null,
  work: (registration: Registration) => Promise<number>,
): Promise<number> {
  const registration = await usingState(() => folder.register(watcher, id));
  try {
    return await work(registration);
  } finally {
    await usingState(async () => registration.end());
  }
}
