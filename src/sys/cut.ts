/**
 * Cuts open files in the runtime's threads, while the calling one goes on.
 *
 * Why: on a disk that is mounted with `discard`, ftruncate(2) returns only when the disk has forgotten what was cut off. It
 * works for some 20 µs and waits for 100 and more; those waits overlap where several threads are in them. The threads are those that
 * the runtime has in any case, with the rights of the process; an end is told of by Bun's loop.
 */
import type * as Fs from "node:fs";
import { OsError } from "../effects/os_error.ts";

/** An event loop beside Bun's, which must let that have its turn between `beginBackground` and `endBackground`. */
export interface BackgroundLoop {
  beginBackground(): void;
  endBackground(): void;
}

/** Bun's own. */
export const BUN_LOOP: BackgroundLoop = {
  beginBackground: () => undefined,
  endBackground: () => undefined,
};

/** ftruncate(2). Rejects with OsError. */
export function cutInBackground(
  loop: BackgroundLoop,
  file: number,
  sizeBytes: number,
): Promise<void> {
  return new Promise((ended, failed) => {
    loop.beginBackground();
    nodeFs().ftruncate(file, sizeBytes, (error) => {
      loop.endBackground();
      if (error === null) {
        ended();
      } else {
        failed(new OsError(error.code ?? error.message, "ftruncate"));
      }
    });
  });
}

/** Loaded when it is first needed, which takes 2 ms: most processes of the service serve adds alone. */
function nodeFs(): typeof Fs {
  return require("node:fs") as typeof Fs;
}
