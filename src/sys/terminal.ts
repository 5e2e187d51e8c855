/**
 * Standard input, output and error of a command: effects/terminal.ts, over the C library.
 *
 * Writes and reads wait: a command has nothing else to do meanwhile, and its service waits with it.
 */
import type { Terminal } from "../effects/terminal.ts";
import { errno, errnoName, libc } from "./libc.ts";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const POLLOUT = 4;
const FOREVER = -1;
const POLL_BYTES = 8;

/** This process's own. */
export function createTerminal(): Terminal {
  return {
    canAsk: libc.isatty(STDIN) === 1,
    canOverwrite: libc.isatty(STDERR) === 1,
    out: (text) => write(STDOUT, text),
    err: (text) => write(STDERR, text),
    readLine,
  };
}

function write(descriptor: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text, "utf8");
  while (rest.length > 0) {
    const count = libc.write(descriptor, rest, rest.length);
    const name = count < 0 ? errnoName(errno[0]) : "";
    if (name === "EAGAIN") {
      waitForRoom(descriptor);
    } else if (count < 0 && name !== "EINTR") {
      return;
    }
    rest = rest.subarray(Math.max(0, count));
  }
}

/** Whoever started us may have left the descriptor non-blocking. */
function waitForRoom(descriptor: number): void {
  const poll = new DataView(new ArrayBuffer(POLL_BYTES));
  poll.setInt32(0, descriptor, true);
  poll.setInt16(4, POLLOUT, true);
  libc.poll(new Uint8Array(poll.buffer), 1, FOREVER);
}

/** Byte by byte, so that nothing behind the line is taken away from whoever reads next. */
function readLine(): string | null {
  const bytes: number[] = [];
  const byte = new Uint8Array(1);
  for (;;) {
    const count = libc.read(STDIN, byte, 1);
    if (count < 0 && errnoName(errno[0]) === "EINTR") {
      continue;
    }
    if (count <= 0) {
      return bytes.length === 0 ? null : Buffer.from(bytes).toString("utf8");
    }
    const [value = 0] = byte;
    if (value === 0x0a) {
      return Buffer.from(bytes).toString("utf8");
    }
    bytes.push(value);
  }
}
