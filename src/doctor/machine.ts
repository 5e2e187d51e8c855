/**
 * The machine, as far as the doctor looks at it. Nothing here changes anything.
 */
import type { FlushSocket } from "../client/ask.ts";
import type { Clock } from "../effects/clock.ts";
import type { User } from "../effects/daemon_process.ts";
import type { Files } from "../effects/files.ts";
import type { Processes } from "../effects/processes.ts";
import type { Programs } from "../effects/programs.ts";
import type { InstanceDirectories, StartUpPrograms } from "../effects/start_up_programs.ts";
import type { TextFiles } from "../effects/text_files.ts";

export interface Machine {
  readonly clock: Clock;
  readonly programs: Programs;
  readonly textFiles: TextFiles;
  /** Paths are absolute here. */
  readonly files: Files;
  readonly processes: Processes;
  /** The user that this process acts as. */
  readonly userId: number;
  findUser(name: string): User | null;
  /** Programs that look up in tables, for one Postfix. */
  tablePrograms(instance: InstanceDirectories): StartUpPrograms;
}

/** What is examined, and whose answers count. */
export interface Patient {
  /** Where main.cf is; absolute. */
  readonly configDirectory: string;
  readonly socket: FlushSocket;
  /** Sites that were named, each once; none: all. */
  readonly sites: readonly string[];
  /** The same, as lists for requests. */
  readonly siteLists: readonly string[];
}
