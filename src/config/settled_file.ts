/**
 * Reading a file that somebody may be writing at this moment.
 *
 * Postfix takes a configuration file for complete when it was last modified more than a second ago; a
 * younger one is read again after a while. Sleeps: for use at start-up only, before there are clients.
 */
import { type Clock, wallSeconds } from "../effects/clock.ts";
import type { TextFile, TextFiles } from "../effects/text_files.ts";

/** What waiting takes. */
export interface Patience {
  readonly clock: Clock;
  /** Does nothing for so many milliseconds. */
  sleep(ms: number): void;
}

/** The original's step. */
const STEP_MS = 300;
/** Six seconds. The original waits for ever where something keeps writing; we take what there is. */
const STEPS_MAX = 20;

/** Reads a file; passes on OsError. Waits at most about two seconds for a file that is left alone. */
export function readSettled(textFiles: TextFiles, path: string, patience: Patience): string {
  let file = textFiles.read(path);
  for (let step = 0; step < STEPS_MAX && isFresh(file, patience.clock); step++) {
    patience.sleep(STEP_MS);
    file = textFiles.read(path);
  }
  return file.text;
}

/** Modified in this second or the one before. A time stamp from the future says nothing. */
function isFresh(file: TextFile, clock: Clock): boolean {
  const modified = Math.floor(file.modifiedMs / 1000);
  const now = wallSeconds(clock);
  return modified >= now - 1 && modified <= now;
}
