/**
 * Programs in the background in memory: effects/background_programs.ts for tests that say what becomes of them.
 */
import type { BackgroundProgram, BackgroundPrograms } from "../effects/background_programs.ts";

export class MemoryBackgroundPrograms implements BackgroundPrograms {
  /** What was started, words joined by blanks, and the logs. */
  readonly started: { readonly line: string; readonly logPath: string }[] = [];
  /** What a program does when it is started. */
  onStart: (words: readonly string[], logPath: string) => BackgroundProgram = () => ({
    pid: 4711,
    ended: new Promise(() => {}),
  });

  start(words: readonly string[], logPath: string): BackgroundProgram {
    this.started.push({ line: words.join(" "), logPath });
    return this.onStart(words, logPath);
  }
}
