/**
 * Standard input, output and error of a command: effects/terminal.ts, over the C library.
 *
 * Writes and reads wait: a command has nothing else to do meanwhile, and its service waits with it.
 */
import { errorText } from "../effects/os_error.ts";
import type { ScreenSize } from "../effects/screen.ts";
import type { Terminal } from "../effects/terminal.ts";
import { errno, errnoName, libc } from "./libc.ts";
import { openScreen } from "./screen.ts";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const POLLIN = 1;
const POLLOUT = 4;
const FOREVER = -1;
const POLL_BYTES = 8;
/** TIOCGWINSZ of Linux on x86 and ARM: rows and columns, then pixels, 16 bits each. */
const GET_WINDOW_SIZE = 0x5413;
const WINDOW_SIZE_BYTES = 8;
const COLUMNS_OFFSET = 2;

const GET_DESCRIPTOR_FLAGS = 1;
const CLOSE_ON_EXEC = 1;

/** So much of what is said beside an open screen is kept, each text once: it may be said every few seconds. */
const KEPT_TEXTS_MAX = 100;

/** This process's own. */
export function createTerminal(): Terminal {
  /** The name of the error after which nothing is written any more. */
  let failure: string | null = null;
  /** What was said beside the screen that is open; null: none is. */
  let kept: Set<string> | null = null;
  const err = (text: string): void => {
    if (kept === null) {
      write(STDERR, text);
    } else if (kept.size < KEPT_TEXTS_MAX) {
      kept.add(text);
    }
  };
  const isOutTerminal = libc.isatty(STDOUT) === 1;
  return {
    canAsk: libc.isatty(STDIN) === 1,
    canOverwrite: libc.isatty(STDERR) === 1,
    outColumns: sizeOf(STDOUT)?.columns ?? null,
    hasColours: isOutTerminal && isColourWanted(process.env),
    isUtf8: isUtf8Locale(process.env),
    canOpenScreen: isOutTerminal && libc.isatty(STDIN) === 1 && canMoveCursor(process.env),
    get outFault() {
      return failure === null || failure === "EPIPE" ? null : errorText(failure);
    },
    out: (text) => {
      failure ??= wasClosed(STDOUT) ? "EBADF" : write(STDOUT, text);
    },
    err,
    openScreen: (events) => {
      const texts = new Set<string>();
      kept = texts;
      return openScreen({
        events,
        size: () => sizeOf(STDOUT),
        write: (text) => {
          write(STDOUT, text);
        },
        onLeft: () => {
          kept = null;
          for (const text of texts) {
            err(text);
          }
        },
      });
    },
    hasInput,
    readLine,
  };
}

/** Null: no terminal, or one that was never told how large it is. */
function sizeOf(descriptor: number): ScreenSize | null {
  const size = new DataView(new ArrayBuffer(WINDOW_SIZE_BYTES));
  if (libc.ioctl(descriptor, GET_WINDOW_SIZE, new Uint8Array(size.buffer)) !== 0) {
    return null;
  }
  const rows = size.getUint16(0, true);
  const columns = size.getUint16(COLUMNS_OFFSET, true);
  return columns === 0 ? null : { columns, rows };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** By locale(7): the first of these that is set and not empty. */
function isUtf8Locale({ LC_ALL, LC_CTYPE, LANG }: Environment): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "");
}

/** A terminal that is said to be dumb, or of which nothing is said, has lines and nothing else. */
function canMoveCursor({ TERM = "" }: Environment): boolean {
  return TERM !== "" && TERM !== "dumb";
}

/** https://no-color.org; and what can't move a cursor has no colours. */
function isColourWanted(environment: Environment): boolean {
  return (environment["NO_COLOR"] ?? "") === "" && canMoveCursor(environment);
}

/**
 * Whoever started us had it closed: then the runtime has opened /dev/null in its place, by itself, as is seen by its being
 * closed on exec(3), which nothing inherited is.
 */
function wasClosed(descriptor: number): boolean {
  return (libc.fcntl(descriptor, GET_DESCRIPTOR_FLAGS) & CLOSE_ON_EXEC) !== 0;
}

/** Null: all is written. Otherwise the name of the error. */
function write(descriptor: number, text: string): string | null {
  let rest: Uint8Array = Buffer.from(text, "utf8");
  while (rest.length > 0) {
    const count = libc.write(descriptor, rest, rest.length);
    const name = count < 0 ? errnoName(errno[0]) : "";
    if (name === "EAGAIN") {
      waitForRoom(descriptor);
    } else if (count < 0 && name !== "EINTR") {
      return name;
    }
    rest = rest.subarray(Math.max(0, count));
  }
  return null;
}

/** Whoever started us may have left the descriptor non-blocking. */
function waitForRoom(descriptor: number): void {
  poll(descriptor, POLLOUT, FOREVER);
}

/** False: the time is over. */
function poll(descriptor: number, events: number, timeoutMs: number): boolean {
  const asked = new DataView(new ArrayBuffer(POLL_BYTES));
  asked.setInt32(0, descriptor, true);
  asked.setInt16(4, events, true);
  return libc.poll(new Uint8Array(asked.buffer), 1, timeoutMs) > 0;
}

function hasInput(): boolean {
  return poll(STDIN, POLLIN, 0);
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
