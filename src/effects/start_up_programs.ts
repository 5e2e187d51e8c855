/**
 * Programs of Postfix's that a process runs while it starts: as root still, outside the jail, with its environment.
 *
 * For lookup tables that only Postfix itself can read. Words, paths and output are byte strings; a program is named by
 * its path. Throws OsError where a program can't be started.
 */
import type { OutgoingConnection, OutgoingEvents } from "./unix_sockets.ts";

/** Of which Postfix the programs are. */
export interface InstanceDirectories {
  readonly queueDirectory: string;
  readonly configDirectory: string;
}

/** What came of a program that was run to its end. */
export interface StartUpOutcome {
  /** Its exit status; null: it met a limit, so that its output may not be whole, or a signal ended it. */
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** When a program is ended. */
export interface StartUpLimits {
  readonly limitMs: number;
  readonly outBytesMax: number;
}

/** A server that is started as master(8) would start it. */
export interface ServerProgram {
  readonly path: string;
  /** What it takes for its own name, and its arguments. */
  readonly words: readonly string[];
  /** Where its socket is for as long as it takes to connect: in a folder that root alone may write to. */
  readonly socketPath: string;
}

/** Connects, and asks `open` what to do with what comes. Rejects with OsError. */
export type Connect = (open: (connection: OutgoingConnection) => OutgoingEvents) => Promise<void>;

export interface StartUpPrograms {
  /** Runs a program, and waits for its end: nothing else happens meanwhile. */
  run(words: readonly string[], limits: StartUpLimits): StartUpOutcome;
  /**
   * Starts a server which nobody but this process can talk to, over one connection; a second one is refused. It inherits
   * nothing else, and is told to end when this process is no more.
   */
  startServer(server: ServerProgram): Connect;
}
