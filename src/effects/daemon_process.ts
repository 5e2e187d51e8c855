/**
 * What a daemon does to its own process: who it is, where it is, how long it may be stuck.
 *
 * Called while starting, before any client is served. Throws OsError.
 */
export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface DaemonProcess {
  readonly id: number;
  /** The file that this process runs. */
  readonly executable: string;
  /** What gethostname(2) says. */
  hostName(): string;
  /** The user that this process acts as now. */
  userId(): number;
  /** The group this process has now. */
  groupId(): number;
  /** How many descriptors this process may have open (RLIMIT_NOFILE). */
  descriptorsMax(): number;
  isTerminal(descriptor: number): boolean;
  /** A byte string. */
  workingDirectory(): string;
  changeDirectory(path: string): void;
  /** The user of that name; null where the system knows none. */
  findUser(name: string): User | null;
  /**
   * Leaves root behind in every thread: the user's groups, the jail if one is named (the working
   * directory is its root then), the user. There is no way back.
   */
  confine(user: User | null, jail: string | null): void;
  /** From now on what this process runs is compiled as soon as the runtime would have it: it is going to last. */
  compileSooner(): void;
  /** Ends this process at once (_exit(2)): what the runtime would do before takes longer than to serve fifty clients. */
  end(status: number): never;
  /** The kernel ends this process with SIGALRM unless called again within so many seconds. */
  armWatchdog(seconds: number): void;
}
