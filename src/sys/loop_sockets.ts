/**
 * Connecting to UNIX sockets on our own event loop: effects/unix_sockets.ts for the service.
 *
 * A request that the kernel does not take at once ends its connection: it is a few hundred bytes, and nothing else is
 * under way then.
 */
import { OsError } from "../effects/os_error.ts";
import type { OutgoingConnection, OutgoingEvents, UnixSockets } from "../effects/unix_sockets.ts";
import { type EventLoop, READY, type Watch } from "./event_loop.ts";
import { errno, errnoName, libc } from "./libc.ts";
import { connectUnix, MSG, SOCKET_TYPE } from "./unix_socket.ts";

/** More than an ordinary reply; what is longer comes in several pieces. */
const READ_BYTES = 16 * 1024;

/** Goes on with a connected socket: it belongs to the connection from now on. */
export type Adopt = (
  descriptor: number,
  open: (connection: OutgoingConnection) => OutgoingEvents,
) => void | Promise<void>;

/** Connects, and goes on with sockets that are connected already. */
export function createLoopSockets(loop: EventLoop): UnixSockets & { readonly adopt: Adopt } {
  const adopt: Adopt = (descriptor, open) => new Connection(loop, descriptor).begin(open);
  return {
    adopt,
    connect: async (path, open) => {
      const descriptor = connectUnix(path, SOCKET_TYPE.stream);
      if (typeof descriptor === "string") {
        throw new OsError(descriptor, "connect");
      }
      await adopt(descriptor, open);
    },
  };
}

class Connection implements OutgoingConnection {
  readonly #descriptor: number;
  readonly #watch: Watch;
  readonly #bytes = new Uint8Array(READ_BYTES);
  #events: OutgoingEvents | null = null;
  #isOpen = true;

  constructor(loop: EventLoop, descriptor: number) {
    this.#descriptor = descriptor;
    this.#watch = loop.watch(descriptor, READY.read, () => this.#read());
  }

  begin(open: (connection: OutgoingConnection) => OutgoingEvents): void {
    const events = open(this);
    this.#events = events;
    if (!this.#isOpen) {
      // What was sent within the call found nobody.
      events.closed();
    }
  }

  write(bytes: Uint8Array): void {
    const flags = MSG.dontWait | MSG.noSignal;
    if (this.#isOpen && libc.send(this.#descriptor, bytes, bytes.length, flags) < bytes.length) {
      this.abort();
    }
  }

  abort(): void {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#watch.close();
      this.#events?.closed();
    }
  }

  #read(): void {
    const count = libc.recv(this.#descriptor, this.#bytes, READ_BYTES, MSG.dontWait);
    if (count > 0) {
      this.#events?.data(this.#bytes.slice(0, count));
    } else if (count === 0 || errnoName(errno[0]) !== "EAGAIN") {
      this.abort();
    }
  }
}
