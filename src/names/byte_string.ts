/**
 * Byte strings: how text from outside is held everywhere in this program.
 *
 * A byte string is a JavaScript string in which each character is one byte (0 to 255, "latin1").
 * Nothing from a socket, a file or the command line is decoded on the way in, so nothing is lost or
 * changed by decoding, and comparing costs no more than it must. Where meaning needs UTF-8 (IDNA, case
 * folding), the code that needs it decodes.
 */

/** Bytes to a byte string. */
export function bytesToString(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** A byte string to its bytes. */
export function stringToBytes(text: string): Uint8Array {
  return bytesOf(text, "latin1");
}

/** Decodes UTF-8; null where the bytes are not valid UTF-8. */
export function decodeUtf8(text: string): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(stringToBytes(text));
  } catch {
    return null;
  }
}

/** Encodes an ordinary JavaScript string (process.argv, literals) as a UTF-8 byte string. */
export function encodeUtf8(text: string): string {
  return bytesOf(text, "utf8").toString("latin1");
}

/** Not by Buffer.from: its first call costs each new process of the service 0.1 ms (docs/PERFORMANCE.md). */
function bytesOf(text: string, encoding: "latin1" | "utf8"): Buffer {
  const bytes = Buffer.alloc(Buffer.byteLength(text, encoding));
  bytes.write(text, 0, encoding);
  return bytes;
}
