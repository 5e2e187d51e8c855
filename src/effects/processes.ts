/**
 * Processes of this machine, as others see them: what runs, since when, from which file.
 *
 * For the operator's command. What the caller may not see is null, and a process that has ended is not told.
 */

/** The file that a process runs; its device and inode are those of `Files.statusOf`. */
export interface RunningFile {
  readonly device: bigint;
  readonly inode: bigint;
  /** No directory names it any more: it was removed, or another file was put in its place. */
  readonly isDeleted: boolean;
}

/** A process, as of one look. */
export interface RunningProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** The name of its executable, as far as the kernel keeps it: 15 bytes. */
  readonly name: string;
  /** By the wall clock, as of now; exact to some 20 milliseconds. */
  readonly startedMs: number;
  readonly file: RunningFile | null;
  /** `NAME=value`, as it was started; byte strings. */
  readonly environment: readonly string[] | null;
}

export interface Processes {
  find(pid: number): RunningProcess | null;
  /** In no order. */
  childrenOf(pid: number): readonly RunningProcess[];
  /** Asks a process to end (SIGTERM). Throws OsError: ESRCH where there is none, EPERM where it is another user's. */
  terminate(pid: number): void;
}
