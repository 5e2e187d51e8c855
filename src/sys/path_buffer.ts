/**
 * Paths on their way to C: byte strings as bytes, with a zero behind them.
 *
 * Guarantees that C sees the very bytes of the byte string: a name that readdir gave, in whatever
 * encoding, names the same file again. (node:fs would send it as UTF-8.) Text that is no path, because it
 * holds a zero or a character that is no byte, is refused rather than cut or folded into another path.
 */
import type { Path, PathParts } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";

/** PATH_MAX of Linux, the closing zero included. */
const PATH_BYTES_MAX = 4096;

const BYTE_MAX = 0xff;

/** A name of a queue file is put down faster than a regular expression and a copy can be called. */
const SHORT_LENGTH_MAX = 32;

const NO_PATH = /[^\x01-\xff]/;

export class PathBuffer {
  readonly #bytes = Buffer.alloc(PATH_BYTES_MAX);
  /** With which the bytes begin; of the next path in the same one, only the name is put down. */
  #directory = "";

  /**
   * The path as a C string, good until the next call.
   * Throws OsError of `operation`: EINVAL for text that is no path, ENAMETOOLONG.
   */
  encode(path: Path, operation: string): Uint8Array {
    return typeof path === "string"
      ? this.#encodeText(path, operation)
      : this.#encodeParts(path, operation);
  }

  #encodeParts({ directory, name }: PathParts, operation: string): Uint8Array {
    if (directory !== this.#directory) {
      this.#encodeText(directory, operation);
      this.#directory = directory;
    }
    return this.#putDown(name, directory.length, operation);
  }

  #encodeText(path: string, operation: string): Uint8Array {
    this.#directory = "";
    if (path.length <= SHORT_LENGTH_MAX) {
      return this.#putDown(path, 0, operation);
    }
    requireRoom(path.length, operation);
    if (NO_PATH.test(path)) {
      throw new OsError("EINVAL", operation);
    }
    const bytes = this.#bytes;
    bytes[bytes.write(path, 0, "latin1")] = 0;
    return bytes;
  }

  /** Character by character, from the byte `start` on. */
  #putDown(text: string, start: number, operation: string): Uint8Array {
    requireRoom(start + text.length, operation);
    const bytes = this.#bytes;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code === 0 || code > BYTE_MAX) {
        throw new OsError("EINVAL", operation);
      }
      bytes[start + index] = code;
    }
    bytes[start + text.length] = 0;
    return bytes;
  }
}

function requireRoom(length: number, operation: string): void {
  if (length >= PATH_BYTES_MAX) {
    throw new OsError("ENAMETOOLONG", operation);
  }
}
