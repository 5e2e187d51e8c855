/**
 * Other programs of this machine, such as postconf(1), run to their end.
 *
 * For the operator's command: the service starts none.
 */

/** What came of a program. All text is byte strings. */
export interface ProgramOutcome {
  /** Its exit status; null: a signal ended it, that of the time limit included. */
  readonly status: number | null;
  /** The time limit ended it. */
  readonly isLate: boolean;
  readonly out: string;
  readonly err: string;
}

/** How a program is run. */
export interface ProgramRun {
  /** What it reads from its standard input, a byte string; nothing unless set. */
  readonly input?: string;
  /** It is ended when it takes longer. */
  readonly limitMs: number;
}

export interface Programs {
  /**
   * Runs a program with this process's environment and working directory, and waits for its end. `words` are byte
   * strings: its name, looked for in PATH unless it has a slash, then its arguments; no shell comes between. Rejects
   * with OsError where it can't be started: ENOENT where there is none of that name.
   */
  run(words: readonly string[], how: ProgramRun): Promise<ProgramOutcome>;
}
