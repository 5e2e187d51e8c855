/**
 * What today's code is known not to do, each with its reason: switch one on when it is mended.
 */
export const CHARGED = {
  /**
   * A death inside an append leaves a fragment, behind which the original writes its next entry: the end of
   * the line must go to its place first. Until then no write at a log's end is torn, and none that was
   * short is followed by trouble.
   */
  tornAppends: true,

  /**
   * A purge of ours removes an empty, old log while the original waits for its lock, and the original's entry
   * goes to a file without a name. The original's own purge does the same to it, and to us.
   */
  removalUnderOriginal: false,

  /**
   * A cut that meets a line longer than what it has removed gives up midway, without any trouble, and leaves
   * a scrap of a removed line, and repeats (cut_lines.ts, "repeated").
   */
  scrapsOfCuts: true,

  /**
   * While a log is being sent, an entry written behind the part in hand is not written again, even when
   * postsuper(1) has removed the log since: that add is answered, and in no log (LogfileInUse.add).
   */
  skipsInRemovedLog: true,

  /**
   * close(2) of a local file doesn't fail, and where it does (NFS), the error leaves releaseAlone, which
   * promises to throw none. Until then no close fails.
   */
  failingCloses: false,

  /** A refresh compacts the logs that it does not send. */
  compaction: true,
} as const;
