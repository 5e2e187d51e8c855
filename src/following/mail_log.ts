/**
 * What is written to the mail log from now on, wherever that is kept.
 *
 * Each kind is a file of its own: log_file.ts, journal.ts. Which there are, and which are of use, says
 * open_mail_logs.ts.
 */
export interface MailLog {
  /** As an operator knows it: a path, or `the journal`. A byte string. */
  readonly name: string;
  /** Lines of other hosts may be among them. */
  readonly isShared: boolean;
  /** Tells the lines that were written since the last call, without their ends, each a byte string. Never throws OsError. */
  read(onLine: (line: string) => void): Promise<void>;
  close(): void;
}
