/**
 * Files that were read at start-up, from outside the jail: whether any of them is another one by now.
 */
export interface FileWatch {
  /** From now on this file is looked at, if it is there. Called before it is read, so that no change is missed. */
  add(path: string): void;
  /** Whether a file was written, removed or replaced since. */
  hasChanged(): boolean;
}
