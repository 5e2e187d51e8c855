/**
 * The socket of a log daemon: syslogd's /dev/log, or postlogd's in the queue directory.
 *
 * Connected when made, before the jail, so that a log outside it can be reached from within. When its
 * other end has been replaced, the address is tried again: in the jail that finds what the
 * administrator put there (`QUEUE/dev/log`), as with every jailed Postfix daemon.
 */
import type { DatagramSocket } from "../effects/datagrams.ts";
import { libc } from "./libc.ts";
import { connectUnix, SOCKET_TYPE, sendBytes } from "./unix_socket.ts";

/** The addresses to try, in order: one as seen from outside the jail, one as seen from within. */
export function openLogSocket(paths: readonly string[]): DatagramSocket {
  return new LogSocket(paths);
}

class LogSocket implements DatagramSocket {
  readonly #paths: readonly string[];
  #socket: number | null;
  #isClosed = false;

  constructor(paths: readonly string[]) {
    this.#paths = paths;
    this.#socket = this.#connect();
  }

  send(bytes: Uint8Array): "sent" | "full" | "gone" {
    if (this.#isClosed) {
      return "gone";
    }
    this.#socket ??= this.#connect();
    if (this.#socket === null) {
      return "gone";
    }
    const failure = sendBytes(this.#socket, bytes);
    if (failure === null) {
      return "sent";
    }
    if (failure === "EAGAIN" || failure === "ENOBUFS") {
      return "full";
    }
    this.#disconnect();
    return "gone";
  }

  close(): void {
    this.#isClosed = true;
    this.#disconnect();
  }

  #disconnect(): void {
    if (this.#socket !== null) {
      libc.close(this.#socket);
      this.#socket = null;
    }
  }

  #connect(): number | null {
    for (const path of this.#paths) {
      const socket = connectUnix(path, SOCKET_TYPE.datagram);
      if (typeof socket === "number") {
        return socket;
      }
    }
    return null;
  }
}
