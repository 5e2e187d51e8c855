/** The two programs that are compared, and who they run as. */
import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
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
  const original = join(directory, "flush");
  return { original, ours: installedBeside(original), owner: await findMailOwner() };
}

/** Ours where it finds the original as in an installation: it goes by the original's version. */
function installedBeside(original: string): string {
  const daemons = join(dirname(PROGRAM), "installed");
  const ours = join(daemons, "fastflush", "flush");
  mkdirSync(dirname(ours), { recursive: true });
  appear(join(daemons, "flush"), (path) => copyFileSync(original, path));
  appear(ours, (path) => linkSync(PROGRAM, path));
  return ours;
}

/** Makes a file that is there at any time, whoever else makes the same. */
function appear(path: string, make: (path: string) => void): void {
  const fresh = `${path}.${process.pid}`;
  make(fresh);
  renameSync(fresh, path);
  // rename(2) leaves both where they are one file already.
  rmSync(fresh, { force: true });
}

/** So many cases are run at once, stand-alone: most of a case is waiting, a second of it where the original dies. */
export const CASES_AT_ONCE = 8;
