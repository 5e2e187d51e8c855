/**
 * This program once more, in the background: it goes on when the one that started it has ended.
 */
export interface Background {
  /**
   * Starts it with these words (byte strings), in a session of its own, without input or output, below the root directory.
   * Throws OsError.
   */
  start(words: readonly string[]): void;
}
