/**
 * Whole small files outside the queue: main.cf, lists and tables of patterns.
 *
 * Read at start-up, as root, before the jail. Throws OsError. Paths are absolute, or relative to the
 * queue directory. Links are followed: these files belong to the administrator.
 */
export interface TextFile {
  /** The content, as a byte string. */
  readonly text: string;
  /** When it was last modified, in milliseconds since the epoch, as of the reading. */
  readonly modifiedMs: number;
}

export interface TextFiles {
  read(path: string): TextFile;
}
