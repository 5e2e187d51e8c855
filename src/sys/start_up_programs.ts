/**
 * Programs of Postfix's at start-up for real: effects/start_up_programs.ts over Bun.spawn and Bun.spawnSync.
 *
 * A server gets what master(8) gives to its children (spec section 7.3): /dev/null on 0 to 2, and on 3 and 4, where
 * master has the pipe of the mail flow; its end of the status channel on 5; the listen socket on 6. The one connection
 * to it is made before it starts, and the socket's name is gone by then. It ends when the status channel does, which
 * the kernel closes with this process, however that ends.
 */
import { OsError } from "../effects/os_error.ts";
import type {
  Connect,
  InstanceDirectories,
  ServerProgram,
  StartUpLimits,
  StartUpOutcome,
  StartUpPrograms,
} from "../effects/start_up_programs.ts";
import type { OutgoingEvents } from "../effects/unix_sockets.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { check, errno, libc } from "./libc.ts";
import type { Adopt } from "./loop_sockets.ts";
import { ACCESS_FLAG, OPEN_FLAG } from "./open_flags.ts";
import { PathBuffer } from "./path_buffer.ts";
import { connectUnix, listenUnix, SOCKET_TYPE, socketPair } from "./unix_socket.ts";

const NULL_DEVICE = "/dev/null";

/** A status message has 12 bytes, and there are two for each request. */
const STATUS_BYTES = 4096;

/** How programs are run. */
interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Programs are run in the queue's directory, with this process's environment; `adopt` is of the event loop that is in use. */
export function createStartUpPrograms(
  { queueDirectory, configDirectory }: InstanceDirectories,
  adopt: Adopt,
): StartUpPrograms {
  // Made where a program is run: most processes run none, and it would take each a fifth of a millisecond.
  const surroundings = (): Surroundings => ({
    cwd: toText(queueDirectory),
    env: { ...process.env, MAIL_CONFIG: toText(configDirectory) },
  });
  return {
    run: (words, limits) => run(words, limits, surroundings()),
    startServer: (server) => startServer(server, surroundings(), adopt),
  };
}

function run(
  words: readonly string[],
  { limitMs, outBytesMax }: StartUpLimits,
  surroundings: Surroundings,
): StartUpOutcome {
  return orOsError(() => {
    const ended = Bun.spawnSync(words.map(toText), {
      ...surroundings,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: limitMs,
      maxBuffer: outBytesMax,
      killSignal: "SIGKILL",
    });
    // A program that has just ended by itself, too, may have lost part of its output to a limit.
    const metLimit = ended.exitedDueToMaxBuffer === true || ended.exitedDueToTimeout === true;
    const isWhole = ended.signalCode === undefined && !metLimit;
    const { stdout, stderr, exitCode } = ended;
    return {
      status: isWhole ? exitCode : null,
      out: bytesToString(stdout),
      err: bytesToString(stderr),
    };
  });
}

function startServer(
  { path, words, socketPath }: ServerProgram,
  surroundings: Surroundings,
  adopt: Adopt,
): Connect {
  const { listener, connection } = privateSocket(socketPath);
  const status = socketPair();
  const nothing = openNothing();
  const [name = path, ...args] = words;
  try {
    orOsError(() =>
      Bun.spawn([path, ...args].map(toText), {
        ...surroundings,
        argv0: toText(name),
        stdio: ["ignore", "ignore", "ignore", nothing, nothing, status.other, listener],
      }).unref(),
    );
  } finally {
    libc.close(nothing);
    libc.close(status.other);
    libc.close(listener);
  }
  let isTaken = false;
  return async (open) => {
    if (isTaken) {
      throw new OsError("ECONNREFUSED", "connect");
    }
    isTaken = true;
    await adopt(connection, (outgoing) => drained(open(outgoing), status.own));
  };
}

/** A listener to which nobody can connect any more, and the connection that was made before. */
function privateSocket(path: string): { readonly listener: number; readonly connection: number } {
  const name = new PathBuffer().encode(path, "bind");
  libc.unlink(name); // Of a process that had this process's number, and was killed right here.
  const listener = listenUnix(path);
  if (typeof listener === "string") {
    throw new OsError(listener, "bind");
  }
  const connection = connectUnix(path, SOCKET_TYPE.stream);
  libc.unlink(name);
  if (typeof connection === "string") {
    libc.close(listener);
    throw new OsError(connection, "connect");
  }
  return { listener, connection };
}

function openNothing(): number {
  const flags = ACCESS_FLAG.both | OPEN_FLAG.closeOnExec;
  const path = new PathBuffer().encode(NULL_DEVICE, "open");
  return check(libc.open(path, flags, 0), errno[0], "open");
}

/** Takes in, with each reply, what the server tells its master: where that is full, the server would wait. */
function drained(events: OutgoingEvents, status: number): OutgoingEvents {
  const bytes = new Uint8Array(STATUS_BYTES);
  return {
    data: (reply) => {
      libc.read(status, bytes, bytes.length);
      events.data(reply);
    },
    closed: () => {
      libc.close(status);
      events.closed();
    },
  };
}

/** Words are handed over as UTF-8. */
function toText(word: string): string {
  return Buffer.from(stringToBytes(word)).toString("utf8");
}

/** What Bun throws where the system refuses. */
function orOsError<T>(start: () => T): T {
  try {
    return start();
  } catch (caught) {
    const code = (caught as { readonly code?: unknown }).code;
    if (typeof code !== "string") {
      throw caught;
    }
    throw new OsError(code, "start");
  }
}
