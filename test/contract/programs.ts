/** The two programs that are compared, and who they run as. */
import { join } from "node:path";
import { PROGRAM } from "../../lab/instance_files.ts";
import { findMailOwner, type MailOwner } from "../../lab/machine.ts";
import { runOrThrow } from "../../lab/run.ts";

/** Paths of the programs. */
export interface Programs {
  readonly original: string;
  readonly ours: string;
  readonly owner: MailOwner;
}

/** Asks Postfix where its daemons are. */
export async function findPrograms(): Promise<Programs> {
  const directory = (await runOrThrow(["postconf", "-dhx", "daemon_directory"])).stdout.trim();
  return { original: join(directory, "flush"), ours: PROGRAM, owner: await findMailOwner() };
}

/** So many cases are run at once, stand-alone: most of a case is waiting, a second of it where the original dies. */
export const CASES_AT_ONCE = 8;
