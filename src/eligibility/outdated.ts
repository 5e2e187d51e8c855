/**
 * When what was read of files is too old: a process that has read them then ends, and its successor reads them anew.
 *
 * In the jail nothing can be read again. The original reads its files once in a process, and ends that after 100 clients,
 * or 100 seconds without one (max_use and max_idle, unless set); a process of ours may serve many more.
 */
import type { Clock } from "../effects/clock.ts";
import type { FileWatch } from "../effects/file_watch.ts";
import type { TextFiles } from "../effects/text_files.ts";

/** How often files are looked at. */
const LOOK_MS = 1000;

/** For what such a look does not see, as where a link was changed. */
const AGE_MAX_MS = 100_000;

/** Reads files that are watched from then on. */
export function watched(textFiles: TextFiles, fileWatch: FileWatch): TextFiles {
  return {
    read: (path) => {
      fileWatch.add(path);
      return textFiles.read(path);
    },
  };
}

/** Resolves when one of the files has changed, or all of them are old. */
export function outdated(clock: Clock, fileWatch: FileWatch): Promise<void> {
  const startMs = clock.monotonicMs();
  return new Promise((resolve) => {
    const look = (): void => {
      if (clock.monotonicMs() - startMs >= AGE_MAX_MS || fileWatch.hasChanged()) {
        resolve();
      } else {
        clock.after(LOOK_MS, look);
      }
    };
    look();
  });
}
