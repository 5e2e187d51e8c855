/**
 * The background in memory: effects/background.ts for tests that look at what is started there.
 */
import type { Background } from "../effects/background.ts";

export class MemoryBackground implements Background {
  /** The command lines that were started, words joined by blanks. */
  readonly lines: string[] = [];

  start(words: readonly string[]): void {
    this.lines.push(words.join(" "));
  }
}
