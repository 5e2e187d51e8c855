/** Watched files in memory: effects/file_watch.ts, changed at a test's word. */
import type { FileWatch } from "../effects/file_watch.ts";

export class MemoryFileWatch implements FileWatch {
  /** In the order in which they were added. */
  readonly paths: string[] = [];
  isChanged = false;

  add(path: string): void {
    this.paths.push(path);
  }

  hasChanged(): boolean {
    return this.isChanged;
  }
}
