/**
 * The file of an index as SQLite's errors are about it: tells what is wrong with it from what other commands do.
 */
import { StoreFault } from "../effects/index_store.ts";
import { errorCode } from "../effects/os_error.ts";
import { STATUSES } from "./file_status.ts";
import { PathBuffer } from "./path_buffer.ts";

/** What SQLite says of a file that is no whole database of ours. */
const BROKEN =
  /^SQLITE_(?:CORRUPT|NOTADB|ERROR|SCHEMA|MISMATCH|FORMAT|CONSTRAINT|IOERR_SHORT_READ)/;

/** What it says where another process has locked what it needs. */
const BUSY = /^SQLITE_(?:BUSY|LOCKED|PROTOCOL)/;

export class IndexFile {
  readonly #path: string;
  readonly #identity: string;

  /** Of the file that has this path now. */
  constructor(path: string) {
    this.#path = path;
    this.#identity = identityOf(path);
  }

  /** Acts, and throws what SQLite throws as a StoreFault. */
  guarded<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (caught) {
      const fault = this.#faultOf(caught);
      // SQLite has many words for a file that another process has removed below it.
      throw fault !== null && identityOf(this.#path) !== this.#identity
        ? new StoreFault("busy", `${this.#path}: removed meanwhile`)
        : (fault ?? caught);
    }
  }

  #faultOf(caught: unknown): StoreFault | null {
    if (caught instanceof StoreFault) {
      return caught;
    }
    const code = codeOf(caught);
    if (!(caught instanceof Error && code.startsWith("SQLITE_"))) {
      return null;
    }
    const kind = BUSY.test(code) ? "busy" : BROKEN.test(code) ? "broken" : "trouble";
    return new StoreFault(kind, `${this.#path}: ${caught.message}`);
  }
}

/** Whether SQLite throws this because another process has locked what it needs. */
export function isBusy(caught: unknown): boolean {
  return BUSY.test(codeOf(caught));
}

function codeOf(caught: unknown): string {
  const code = (caught as { readonly code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

function identityOf(path: string): string {
  try {
    const { device, inode } = STATUSES.ofPath(new PathBuffer().encode(path, "stat"), false);
    return `${device}:${inode}`;
  } catch (caught) {
    if (errorCode(caught) === "") {
      throw caught;
    }
    return "none";
  }
}
