/** Standard input and output, for stand-alone mode: waiting reads and writes over the C library. */
import type { StandardStream } from "../effects/standard_stream.ts";
import { errno, errnoName, libc, throwErrno } from "./libc.ts";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const POLLIN = 1;
const POLL_BYTES = 8;
const READ_BYTES = 4096;

/** Throws OsError when standard input can't be read. */
export function createStandardStream(): StandardStream {
  return { read, write };
}

function read(timeoutMs: number): Uint8Array | null {
  const poll = new DataView(new ArrayBuffer(POLL_BYTES));
  poll.setInt32(0, STDIN, true);
  poll.setInt16(4, POLLIN, true);
  if (libc.poll(new Uint8Array(poll.buffer), 1, timeoutMs) === 0) {
    return null;
  }
  const bytes = new Uint8Array(READ_BYTES);
  const count = libc.read(STDIN, bytes, bytes.length);
  if (count >= 0) {
    return bytes.subarray(0, count);
  }
  const error = errno[0];
  // The peer closed with our output unread: for us, the end of its input.
  return errnoName(error) === "ECONNRESET" ? new Uint8Array(0) : throwErrno(error, "read");
}

function write(bytes: Uint8Array): boolean {
  return libc.write(STDOUT, bytes, bytes.length) === bytes.length;
}

/** Writes text (a byte string) to standard error, as far as it takes it at once. */
export function writeToStandardError(text: string): void {
  const bytes = Buffer.from(text, "latin1");
  libc.write(STDERR, bytes, bytes.length);
}
