/**
 * Watched files for real: effects/file_watch.ts.
 *
 * Each is held by a descriptor that can't be read from, so that a look at it works in the jail too: writing moves its
 * mtime and ctime, removing and replacing its ctime. Only files are held: a directory's descriptor would be a way out of
 * the jail. Not seen is another file where one of the directories, or a link, in its path was replaced, nor any file
 * that was not there at first, nor one beyond the first 32.
 */
import type { FileWatch } from "../effects/file_watch.ts";
import { STATUSES } from "./file_status.ts";
import { libc } from "./libc.ts";
import { OPEN_FLAG } from "./open_flags.ts";
import { PathBuffer } from "./path_buffer.ts";

/** So many descriptors are not missed, and a look at them takes microseconds. */
const WATCHED_MAX = 32;

export function createFileWatch(): FileWatch {
  return new DescriptorWatch();
}

class DescriptorWatch implements FileWatch {
  /** What was seen first, by descriptor. */
  readonly #stamps = new Map<number, string>();
  readonly #paths = new Set<string>();

  add(path: string): void {
    if (this.#paths.size >= WATCHED_MAX || this.#paths.has(path)) {
      return;
    }
    this.#paths.add(path);
    const flags = OPEN_FLAG.pathOnly | OPEN_FLAG.closeOnExec;
    const descriptor = libc.open(new PathBuffer().encode(path, "open"), flags, 0);
    if (descriptor >= 0 && STATUSES.ofDescriptor(descriptor).kind === "file") {
      this.#stamps.set(descriptor, this.#stamp(descriptor));
    } else if (descriptor >= 0) {
      libc.close(descriptor);
    }
  }

  hasChanged(): boolean {
    for (const [descriptor, stamp] of this.#stamps) {
      if (this.#stamp(descriptor) !== stamp) {
        return true;
      }
    }
    return false;
  }

  #stamp(descriptor: number): string {
    const { sizeBytes, mtimeNs, ctimeNs } = STATUSES.ofDescriptor(descriptor);
    return `${sizeBytes} ${mtimeNs} ${ctimeNs}`;
  }
}
