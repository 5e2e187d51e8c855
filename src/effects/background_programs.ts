/**
 * Programs that go on by themselves: in a session of their own, without a terminal, with what they print in a file.
 *
 * For the operator's command, which starts itself so.
 */

/** A program that was started. */
export interface BackgroundProgram {
  readonly pid: number;
  /** Its exit status, once it has ended; null: a signal ended it. This process doesn't wait for that to end itself. */
  readonly ended: Promise<number | null>;
}

export interface BackgroundPrograms {
  /**
   * Starts a program, with this process's environment, in the root directory. `words` and `logPath` are byte strings;
   * the log is made, with mode 0600. Throws OsError: EEXIST where the log is there.
   */
  start(words: readonly string[], logPath: string): BackgroundProgram;
}
