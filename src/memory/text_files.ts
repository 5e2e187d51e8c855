/**
 * Small files in memory: effects/text_files.ts for tests. A path is only a name here.
 */
import { OsError } from "../effects/os_error.ts";
import type { TextFile, TextFiles } from "../effects/text_files.ts";

export class MemoryTextFiles implements TextFiles {
  readonly #files = new Map<string, TextFile | OsError>();

  /** Files by path, as of the epoch. */
  constructor(textByPath: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(textByPath)) {
      this.put(path, text);
    }
  }

  /** Makes or replaces a file; `text` is a byte string. */
  put(path: string, text: string, modifiedMs = 0): void {
    this.#files.set(path, { text, modifiedMs });
  }

  /** From now on reading the path fails. */
  fail(path: string, error: OsError): void {
    this.#files.set(path, error);
  }

  read(path: string): TextFile {
    const file = this.#files.get(path);
    if (file === undefined) {
      throw new OsError("ENOENT", "open");
    }
    if (file instanceof OsError) {
      throw file;
    }
    return file;
  }
}
