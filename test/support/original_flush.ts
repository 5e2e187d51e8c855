/**
 * The original flush(8) of this machine, asked one `add` at a time, as a judge of what a list or a name does.
 *
 * Runs it stand-alone (`-S`: the client is on descriptors 0 and 1) with a configuration and a queue of its
 * own in a temporary folder; /etc/postfix is neither read nor written. Needs root, as the original does to
 * start; one question takes some 10 ms, without which `isOriginalHere` is false.
 */

import { dlopen, FFIType } from "bun:ffi";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMPATIBILITY_LEVEL } from "../../lab/postfix_version.ts";
import { stringToBytes } from "../../src/names/byte_string.ts";

const PROGRAM = "/usr/lib/postfix/sbin/flush";

/** Whether the original can be asked: it is installed, and we are root. */
export const isOriginalHere = existsSync(PROGRAM) && process.getuid?.() === 0;

/** What came of one `add`. */
export interface Verdict {
  /** The status, as a signed number; null if there was no reply. */
  readonly status: number | null;
  /** Log lines without their tag, in order: "warning: ...". Byte strings. */
  readonly log: readonly string[];
  /** Names in the record, which was empty before. */
  readonly logfiles: readonly string[];
}

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const REPLY_BYTES_MAX = 4096;

/** As old as this, main.cf is not read twice: that would take 300 ms. */
const LONG_AGO = new Date("2001-01-01T00:00:00Z");

export class OriginalFlush {
  /** Where the configuration is, and files that a test puts there. */
  readonly folder: string;
  readonly #queue: string;
  readonly #socketpair = bindSocketpair();

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "original-flush-"));
    chmodSync(this.folder, 0o755);
    this.#queue = join(this.folder, "queue");
    mkdirSync(join(this.#queue, "flush"), { recursive: true });
  }

  /** Writes a file into the folder and returns its path; the content is a byte string. */
  writeFile(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, stringToBytes(content));
    utimesSync(path, LONG_AGO, LONG_AGO);
    return path;
  }

  /** Asks to add a message for a site; values for main.cf and the site are byte strings. */
  add(site: string, parameters: Readonly<Record<string, string>>, verbose = false): Verdict {
    this.#configure(parameters);
    const [ours, theirs] = this.#socketpair();
    writeSync(ours, stringToBytes(`request\0add\0site\0${site}\0queue_id\0ABC123\0\0`));
    const child = Bun.spawnSync([PROGRAM, "-S", "-V", ...(verbose ? ["-v"] : [])], {
      stdio: [theirs, theirs, "pipe"],
      cwd: this.#queue,
      env: { MAIL_CONFIG: this.folder, LANG: "C" },
    });
    closeSync(theirs);
    const reply = readToEnd(ours);
    closeSync(ours);
    return { status: statusOf(reply), log: linesOf(child.stderr), logfiles: this.#takeLogfiles() };
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #configure(parameters: Readonly<Record<string, string>>): void {
    const all = {
      compatibility_level: COMPATIBILITY_LEVEL,
      queue_directory: this.#queue,
      data_directory: join(this.folder, "data"),
      myhostname: "relay.example",
      ...parameters,
    };
    const lines = Object.entries(all).map(
      ([name, value]) => `${name} = ${value.replaceAll("$", "$$$$")}\n`,
    );
    this.writeFile("main.cf", lines.join(""));
  }

  #takeLogfiles(): string[] {
    const record = join(this.#queue, "flush");
    const names = readdirSync(record);
    for (const name of names) {
      rmSync(join(record, name));
    }
    return names;
  }
}

function bindSocketpair(): () => [number, number] {
  const { int, ptr } = { int: FFIType.i32, ptr: FFIType.ptr };
  const { symbols } = dlopen("libc.so.6", {
    socketpair: { args: [int, int, int, ptr], returns: int },
  });
  return () => {
    const pair = new Int32Array(2);
    if (symbols.socketpair(AF_UNIX, SOCK_STREAM, 0, pair) !== 0) {
      throw new Error("socketpair failed");
    }
    return [pair[0] ?? -1, pair[1] ?? -1];
  };
}

function readToEnd(descriptor: number): string {
  const chunk = Buffer.alloc(REPLY_BYTES_MAX);
  let text = "";
  for (let count = read(descriptor, chunk); count > 0; count = read(descriptor, chunk)) {
    text += chunk.toString("latin1", 0, count);
  }
  return text;
}

/** Bytes read; 0 at the end, which comes as a reset where the original died before it read the request. */
function read(descriptor: number, chunk: Buffer): number {
  try {
    return readSync(descriptor, chunk);
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code === "ECONNRESET") {
      return 0;
    }
    throw caught;
  }
}

function statusOf(reply: string): number | null {
  const digits = /status\0(\d+)\0/.exec(reply)?.[1];
  return digits === undefined ? null : Number(digits) | 0;
}

function linesOf(stderr: Buffer): string[] {
  return stderr
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/^[^:]*: /, ""));
}
