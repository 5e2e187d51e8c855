/**
 * The listen sockets that master(8) passes on, from descriptor 6 on.
 *
 * `Bun.listen({ fd })` is not in Bun's documentation: this is the one file that uses it, with a pinned
 * Bun, and peers_test.ts fails when it breaks. `allowHalfOpen`, or a client that shuts down writing
 * would lose its reply.
 */
import { Fatal } from "../effects/fatal.ts";
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
  #isOpen = true;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  write(bytes: Uint8Array): boolean {
    return this.#isOpen && this.#socket.write(bytes) >= 0;
  }

  close(): void {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#socket.end();
    }
  }

  gone(): void {
    this.#isOpen = false;
    this.events?.closed();
    this.events = null;
  }

  credentials(): PeerCredentials {
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
