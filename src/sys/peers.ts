/**
 * The listen sockets that master(8) passes on, from descriptor 6 on.
 *
 * `Bun.listen({ fd })` is not in Bun's documentation: this is the one file that uses it, with a pinned
 * Bun, and peers_test.ts fails when it breaks. `allowHalfOpen`, or a client that shuts down writing
 * would lose its reply.
 *
 * Bun's `write` takes what the kernel takes, says how much that was, keeps nothing of the rest, and calls
 * `drain` when there is room again; its `end` closes at once, whatever the client has or hasn't read.
 */
import { Fatal } from "../effects/fatal.ts";
import { OsError } from "../effects/os_error.ts";
import type {
  PeerConnection,
  PeerCredentials,
  PeerEvents,
  PeerListener,
  Peers,
} from "../effects/peers.ts";
import { errno, libc, throwErrno } from "./libc.ts";

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const CREDENTIALS_BYTES = 12;

type Socket = Bun.Socket<Connection>;

/** Accepts on `count` listen sockets, the first being `descriptor`. */
export function createPeers(descriptor: number, count: number): Peers {
  return {
    listen: (accept) => {
      const listeners = Array.from({ length: count }, (_, index) =>
        listenOn(descriptor + index, accept),
      );
      return {
        stop: () => {
          for (const listener of listeners) {
            listener.stop();
          }
        },
      };
    },
  };
}

function listenOn(
  descriptor: number,
  accept: (connection: PeerConnection) => PeerEvents,
): PeerListener {
  try {
    return Bun.listen<Connection>({
      ...({ fd: descriptor } as unknown as { unix: string }),
      allowHalfOpen: true,
      socket: {
        open: (socket) => {
          const connection = new Connection(socket);
          socket.data = connection;
          connection.events = accept(connection);
        },
        data: (socket, bytes) => socket.data.events?.data(bytes),
        end: (socket) => socket.data.events?.ended(),
        drain: (socket) => socket.data.writeOn(),
        close: (socket) => socket.data.gone(),
        // Only exceptions of the handlers above come here (and errors that `close` follows). An
        // exception is a bug, and must not be swallowed.
        error: (_, error) => rethrow(error),
      },
    });
  } catch (caught) {
    const why = caught instanceof Error ? caught.message : String(caught);
    throw new Fatal(`listen on descriptor ${descriptor}: ${why}`);
  }
}

/** Hands an error to the outermost frame. */
function rethrow(error: unknown): void {
  const isOfSocket = error instanceof Error && "syscall" in error;
  if (!isOfSocket) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

class Connection implements PeerConnection {
  events: PeerEvents | null = null;
  readonly #socket: Socket;
  /** "closing": to be closed once nothing waits. */
  #state: "open" | "closing" | "closed" = "open";
  /** What the kernel has not taken yet, in order. */
  readonly #waiting: Uint8Array[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get isBehind(): boolean {
    return this.#waiting.length > 0;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#state !== "open") {
      return false;
    }
    if (this.isBehind) {
      this.#waiting.push(bytes);
      return true;
    }
    const count = this.#socket.write(bytes);
    if (count >= 0 && count < bytes.length) {
      this.#waiting.push(bytes.subarray(count));
    }
    return count >= 0;
  }

  /** The kernel has room again. */
  writeOn(): void {
    let bytes = this.#waiting[0];
    if (bytes === undefined) {
      return;
    }
    for (; bytes !== undefined; bytes = this.#waiting[0]) {
      const count = this.#socket.write(bytes);
      if (count < 0) {
        this.abort();
        return;
      }
      if (count < bytes.length) {
        this.#waiting[0] = bytes.subarray(count);
        return;
      }
      this.#waiting.shift();
    }
    this.events?.drained();
    if (this.#state === "closing") {
      this.#end();
    }
  }

  close(): void {
    if (this.#state === "open") {
      this.#state = "closing";
      if (!this.isBehind) {
        this.#end();
      }
    }
  }

  abort(): void {
    if (this.#state !== "closed") {
      this.#waiting.length = 0;
      this.#end();
    }
  }

  gone(): void {
    this.#state = "closed";
    this.#waiting.length = 0;
    this.events?.closed();
    this.events = null;
  }

  #end(): void {
    this.#state = "closed";
    this.#socket.end();
  }

  credentials(): PeerCredentials {
    if (this.#state === "closed") {
      // The descriptor's number may be another client's by now.
      throw new OsError("EBADF", "getsockopt");
    }
    const credentials = new Uint32Array(CREDENTIALS_BYTES / Uint32Array.BYTES_PER_ELEMENT);
    const length = Uint32Array.of(CREDENTIALS_BYTES);
    const descriptor = (this.#socket as Socket & { readonly fd: number }).fd;
    if (libc.getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, credentials, length) < 0) {
      throwErrno(errno[0], "getsockopt");
    }
    const [pid = 0, uid = 0, gid = 0] = credentials;
    return { pid, uid, gid };
  }
}
