/**
 * Paths on their way to C: byte strings as bytes, with a zero behind them.
 *
 * Guarantees that C sees the very bytes of the byte string: a name that readdir gave, in whatever
 * encoding, names the same file again. (node:fs would send it as UTF-8.) Text that is no path, because it
 * holds a zero or a character that is no byte, is refused rather than cut or folded into another path.
 */
import { OsError } from "../effects/os_error.ts";

/** PATH_MAX of Linux, the closing zero included. */
const PATH_BYTES_MAX = 4096;

const BYTE_MAX = 0xff;

/** A name of a queue file is put down faster than a regular expression and a copy can be called. */
const SHORT_LENGTH_MAX = 32;

const NO_PATH = /[^\x01-\xff]/;

export class PathBuffer {
  readonly #bytes = Buffer.alloc(PATH_BYTES_MAX);

  /**
   * The path as a C string, good until the next call.
   * Throws OsError of `operation`: EINVAL for text that is no path, ENAMETOOLONG.
   */
  encode(path: string, operation: string): Uint8Array {
    if (path.length >= PATH_BYTES_MAX) {
      throw new OsError("ENAMETOOLONG", operation);
    }
    const bytes = this.#bytes;
    if (path.length > SHORT_LENGTH_MAX) {
      if (NO_PATH.test(path)) {
        throw new OsError("EINVAL", operation);
      }
      bytes[bytes.write(path, 0, "latin1")] = 0;
      return bytes;
    }
    for (let index = 0; index < path.length; index++) {
      const code = path.charCodeAt(index);
      if (code === 0 || code > BYTE_MAX) {
        throw new OsError("EINVAL", operation);
      }
      bytes[index] = code;
    }
    bytes[path.length] = 0;
    return bytes;
  }
}
