/**
 * Looking at files without failing: what is not there is null, what may not be seen is noted.
 */
import { errorCode, OsError } from "../effects/os_error.ts";
import type { Machine } from "./machine.ts";
import type { Place, Unseen } from "./set_up.ts";

/** How much of a log's end is looked at. */
const TAIL_BYTES = 64 * 1024;

const NAMES_AT_ONCE = 500;

export class Looking {
  readonly unseen: Unseen[] = [];
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Notes something that could not be looked at. */
  note(what: string, why: string, isForbidden: boolean): void {
    if (!this.unseen.some((each) => each.what === what)) {
      this.unseen.push({ what, why, isForbidden });
    }
  }

  /** What `look` finds; null where the system says no, which is noted unless there is nothing. */
  orNull<T>(what: string, look: () => T): T | null {
    try {
      return look();
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      if (caught.code !== "ENOENT" && caught.code !== "ENOTDIR") {
        this.note(what, caught.text, caught.code === "EACCES" || caught.code === "EPERM");
      }
      return null;
    }
  }

  /** A path; a link is not followed unless told. */
  place(path: string, followLink = false): Place {
    const { files } = this.#machine;
    return { path, status: this.orNull(path, () => files.statusOf(path, { followLink })) };
  }

  /** A whole small file; null: it can't be read, or is not there. */
  text(path: string): string | null {
    return this.orNull(path, () => this.#machine.textFiles.read(path).text);
  }

  /** The end of a file, in whole lines; empty where it can't be read. */
  lastLines(path: string): string[] {
    const { files } = this.#machine;
    try {
      const file = files.open(path, { access: "read", keepAtime: true });
      try {
        const start = Math.max(0, files.status(file).sizeBytes - TAIL_BYTES);
        const bytes = Buffer.alloc(TAIL_BYTES);
        const count = files.read(file, bytes, start);
        const lines = bytes.toString("latin1", 0, count).split("\n");
        return lines.slice(start > 0 ? 1 : 0);
      } finally {
        files.close(file);
      }
    } catch (caught) {
      if (errorCode(caught) === "") {
        throw caught;
      }
      return [];
    }
  }

  /** Files below a directory, at most `countMax`, and the directories, itself excluded; null: it can't be read. */
  walk(directory: string, countMax: number): Walk | null {
    const found: Place[] = [];
    const folders: Place[] = [];
    const rest = [directory];
    for (let path = rest.pop(); path !== undefined && found.length < countMax; path = rest.pop()) {
      const here = path;
      const names = this.orNull(here, () => this.#names(here, countMax - found.length));
      if (names === null && here === directory) {
        return null;
      }
      for (const name of names ?? []) {
        const place = this.place(`${here}/${name}`);
        if (place.status?.kind === "directory") {
          folders.push(place);
          rest.push(place.path);
        } else if (place.status !== null) {
          found.push(place);
        }
      }
    }
    return { files: found, folders };
  }

  #names(directory: string, countMax: number): string[] {
    const reader = this.#machine.files.openDirectory(directory);
    const all: string[] = [];
    try {
      while (all.length < countMax) {
        const names = reader.next(Math.min(NAMES_AT_ONCE, countMax - all.length));
        if (names.length === 0) {
          break;
        }
        all.push(...names);
      }
      return all;
    } finally {
      reader.close();
    }
  }
}

/** What is below a directory. */
export interface Walk {
  readonly files: readonly Place[];
  readonly folders: readonly Place[];
}
