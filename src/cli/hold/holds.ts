/**
 * Timed holds as the commands get at them: where they are kept, and in words for an operator why they can't be.
 */
import { Fatal } from "../../effects/fatal.ts";
import { OsError } from "../../effects/os_error.ts";
import { HoldFault, type HoldFaultKind, HoldFolder } from "../../holding/hold_folder.ts";
import type { QueueHolds } from "../../holding/timed_holds.ts";
import { decodeUtf8 } from "../../names/byte_string.ts";
import type { CommandTools } from "../command_tools.ts";
import { CommandError, EXIT, type ExitStatus } from "../exit_status.ts";
import { printable } from "../printable.ts";
import { stateDirectory } from "../state_directory.ts";

const STATUSES: Readonly<Record<HoldFaultKind, ExitStatus>> = {
  busy: EXIT.tryAgain,
  forbidden: EXIT.notPermitted,
  broken: EXIT.found,
  trouble: EXIT.found,
};

const FOLDER = "/var/lib/fastflush/hold";

/** Arguments of commander's `option`. */
export const STATE_OPTION = [
  "--state-dir <directory>",
  "where it is kept what is on hold for a time",
  FOLDER,
] as const;

/** The folder, as the command line names it. To be asked before anything enters the queue. */
export function holdFolder(tools: CommandTools, stateDir: string): HoldFolder {
  const { host, machine, clock } = tools;
  return new HoldFolder({ host, files: machine.files, clock }, stateDirectory(tools, stateDir));
}

/** Works with timed holds. Throws CommandError for HoldFault. */
export async function withHolds<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (caught) {
    throw caught instanceof HoldFault
      ? new CommandError(STATUSES[caught.kind], faultText(caught))
      : caught;
  }
}

/** Where mail has been changed already, so that the command has to go on. Throws what is no HoldFault. */
export function tellFault(terminal: CommandTools["terminal"], caught: unknown): void {
  if (!(caught instanceof HoldFault)) {
    throw caught;
  }
  terminal.err(`${faultText(caught)}\n`);
}

function faultText({ kind, message }: HoldFault): string {
  const remedy = kind === "broken" ? " Move it away, and release what hold --list then shows." : "";
  return `What is on hold for a time can't be read or kept: ${printable(message)}.${remedy}`;
}

/** What is on hold for a time in this queue, by what is kept. Only root may read that: others are told, and get nothing. */
export async function keptHolds(
  { instance, terminal }: CommandTools,
  folder: HoldFolder,
): Promise<QueueHolds["holds"]> {
  const none: QueueHolds["holds"] = new Map();
  return await withHolds(async () => {
    try {
      return folder.read(instance.queueDirectory)?.holds ?? none;
    } catch (caught) {
      if (!(caught instanceof HoldFault && caught.kind === "forbidden")) {
        throw caught;
      }
      terminal.err("What is on hold for a time, and until when, only root can see.\n");
      return none;
    }
  });
}

/**
 * Works with the instance that these are kept of. Null: it can't be used, which `tell` gets as a line with `undone`, what
 * was not done there for that reason: it keeps nothing from the others.
 */
export async function withInstanceOf<Result>(
  tools: CommandTools,
  { configDirectory, queueDirectory }: QueueHolds,
  undone: string,
  work: (own: CommandTools) => Promise<Result>,
  tell: (line: string) => void = (line) => tools.terminal.err(line),
): Promise<Result | null> {
  try {
    const own = tools.forInstance(decodeUtf8(configDirectory) ?? configDirectory);
    if (own.instance.queueDirectory !== queueDirectory) {
      const where = printable(queueDirectory);
      throw new CommandError(EXIT.configuration, `its queue is not ${where} any more`);
    }
    return await work(own);
  } catch (caught) {
    if (!(caught instanceof CommandError || caught instanceof Fatal || caught instanceof OsError)) {
      throw caught;
    }
    const why = caught instanceof CommandError ? caught.message : printable(caught.message);
    tell(`${printable(configDirectory)}: ${undone}: ${why}\n`);
    return null;
  }
}

/** Throws CommandError unless root runs the command: nobody else may run postsuper(1). */
export function requireRoot({ host }: CommandTools, undone: string): void {
  if (host.userId() !== 0) {
    throw new CommandError(
      EXIT.notPermitted,
      `Not permitted: only root may hold, release or delete mail, as it is done by postsuper(1). ${undone}.`,
    );
  }
}
