/**
 * Standard input and output, for stand-alone mode: waiting reads and writes over the C library.
 *
 * A write goes on until all is written, for as long as the reader takes, be the descriptor blocking or not.
 */
import type { StandardStream } from "../effects/standard_stream.ts";
import { errno, errnoName, libc, throwErrno } from "./libc.ts";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const POLLIN = 1;
const POLLOUT = 4;
const FOREVER = -1;
const POLL_BYTES = 8;
const READ_BYTES = 4096;

/** Throws OsError when standard input can't be read. */
export function createStandardStream(): StandardStream {
  return { read, write };
}

function read(timeoutMs: number): Uint8Array | null {
  if (!wait(STDIN, POLLIN, timeoutMs)) {
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
  let rest = bytes;
  while (rest.length > 0) {
    const count = libc.write(STDOUT, rest, rest.length);
    const name = count < 0 ? errnoName(errno[0]) : "";
    if (name === "EAGAIN") {
      wait(STDOUT, POLLOUT, FOREVER);
    } else if (count < 0 && name !== "EINTR") {
      return false;
    }
    rest = rest.subarray(Math.max(0, count));
  }
  return true;
}

/** Waits for a descriptor; false when the time is over. */
function wait(descriptor: number, events: number, timeoutMs: number): boolean {
  const poll = new DataView(new ArrayBuffer(POLL_BYTES));
  poll.setInt32(0, descriptor, true);
  poll.setInt16(4, events, true);
  return libc.poll(new Uint8Array(poll.buffer), 1, timeoutMs) !== 0;
}

/** Writes text (a byte string) to standard error, as far as it takes it at once. */
export function writeToStandardError(text: string): void {
  const bytes = Buffer.from(text, "latin1");
  libc.write(STDERR, bytes, bytes.length);
}
