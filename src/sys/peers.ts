/**
 * Clients of the listen sockets that master(8) passes on, from descriptor 6 on: effects/peers.ts over accept4(2), recv(2)
 * and send(2), each non-blocking, on our own event loop.
 *
 * A client is read only while it has not shut down writing. What the kernel does not take at once is kept, in order, and
 * follows when there is room. Where accept4(2) finds no descriptor or memory, the listener rests for a moment: the client
 * waits in the listen queue. Throws Fatal where a descriptor can't be watched.
 */
import { OsError } from "../effects/os_error.ts";
import type {
  PeerConnection,
  PeerCredentials,
  PeerEvents,
  PeerListener,
  Peers,
} from "../effects/peers.ts";
import { type EventLoop, READY, type Watch } from "./event_loop.ts";
import { watchInherited } from "./inherited_descriptor.ts";
import { check, errno, errnoName, libc } from "./libc.ts";
import { MSG, SOCKET_FLAG } from "./unix_socket.ts";

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const CREDENTIALS_BYTES = 12;

/** More than the longest request; what is longer comes in several pieces. */
const READ_BYTES = 16 * 1024;

/** Clients accepted in one round of the loop: those that have written are not to wait for ever new ones. */
const ACCEPTS_MAX = 128;

/** How long no client is accepted where there is no descriptor for one. */
const ACCEPT_REST_MS = 50;

/** What is read is handed on at once, so that all connections can share a buffer. */
const READ_BUFFER = Buffer.allocUnsafe(READ_BYTES);

/** Accepts on `count` listen sockets, the first being `descriptor`. */
export function createPeers(loop: EventLoop, descriptor: number, count: number): Peers {
  return {
    listen: (accept) => {
      const listeners: Listener[] = [];
      for (let index = 0; index < count; index++) {
        listeners.push(new Listener(loop, descriptor + index, accept));
      }
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

class Listener implements PeerListener {
  readonly #loop: EventLoop;
  readonly #descriptor: number;
  readonly #accept: (connection: PeerConnection) => PeerEvents;
  readonly #watch: Watch;
  #isStopped = false;

  constructor(
    loop: EventLoop,
    descriptor: number,
    accept: (connection: PeerConnection) => PeerEvents,
  ) {
    this.#loop = loop;
    this.#descriptor = descriptor;
    this.#accept = accept;
    this.#watch = watchInherited(loop, descriptor, "listen on", () => this.#acceptAll());
  }

  stop(): void {
    if (!this.#isStopped) {
      this.#isStopped = true;
      this.#watch.stop();
    }
  }

  /** Each handler may stop the listener at exactly its connection. */
  #acceptAll(): void {
    for (let count = 0; count < ACCEPTS_MAX && !this.#isStopped; count++) {
      const client = libc.accept4(this.#descriptor, null, null, SOCKET_FLAG.nonBlockingCloseOnExec);
      if (client < 0) {
        this.#acceptFailed(errnoName(errno[0]));
        return;
      }
      const connection = new Connection(this.#loop, client);
      connection.begin(this.#accept(connection));
    }
  }

  #acceptFailed(error: string): void {
    if (error !== "EAGAIN" && error !== "EINTR" && error !== "ECONNABORTED") {
      this.#watch.change(0);
      this.#loop.after(ACCEPT_REST_MS, () => {
        if (!this.#isStopped) {
          this.#watch.change(READY.read);
        }
      });
    }
  }
}

class Connection implements PeerConnection {
  readonly #loop: EventLoop;
  readonly #descriptor: number;
  #events: PeerEvents | null = null;
  #watch: Watch | null = null;
  #isReading = true;
  /** "closing": to be closed once nothing waits. */
  #state: "open" | "closing" | "closed" = "open";
  /** What the kernel has not taken yet, in order; null where nothing ever waited. */
  #waiting: Uint8Array[] | null = null;

  constructor(loop: EventLoop, descriptor: number) {
    this.#loop = loop;
    this.#descriptor = descriptor;
  }

  get isBehind(): boolean {
    return this.#waiting !== null && this.#waiting.length > 0;
  }

  /** From now on what happens is told; not watched where it is over already. */
  begin(events: PeerEvents): void {
    if (this.#state === "closed") {
      events.closed();
      return;
    }
    this.#events = events;
    this.#watch = this.#loop.watch(this.#descriptor, this.#flags, (flags) => this.#ready(flags));
  }

  write(bytes: Uint8Array): boolean {
    if (this.#state !== "open") {
      return false;
    }
    if (this.isBehind) {
      this.#waiting?.push(bytes);
      return true;
    }
    const count = this.#send(bytes);
    if (count >= 0 && count < bytes.length) {
      this.#waiting ??= [];
      this.#waiting.push(bytes.subarray(count));
      this.#watchAsNeeded();
    }
    return count >= 0;
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
      this.#end();
    }
  }

  credentials(): PeerCredentials {
    if (this.#state === "closed") {
      // The descriptor's number may be another client's by now.
      throw new OsError("EBADF", "getsockopt");
    }
    const credentials = new Uint32Array(CREDENTIALS_BYTES / Uint32Array.BYTES_PER_ELEMENT);
    const length = Uint32Array.of(CREDENTIALS_BYTES);
    check(
      libc.getsockopt(this.#descriptor, SOL_SOCKET, SO_PEERCRED, credentials, length),
      errno[0],
      "getsockopt",
    );
    const [pid = 0, uid = 0, gid = 0] = credentials;
    return { pid, uid, gid };
  }

  get #flags(): number {
    return (this.#isReading ? READY.read : 0) | (this.isBehind ? READY.write : 0);
  }

  #watchAsNeeded(): void {
    this.#watch?.change(this.#flags);
  }

  #ready(flags: number): void {
    if ((flags & READY.write) !== 0) {
      this.#writeOn();
    }
    if (this.#state === "closed") {
      return;
    }
    if (this.#isReading && (flags & ~READY.write) !== 0) {
      this.#readOn();
    }
    // All that the client wrote has been read by now, and it can't read any more.
    if (!this.#isReading && (flags & (READY.hangUp | READY.error)) !== 0) {
      this.abort();
    }
  }

  #readOn(): void {
    const count = libc.recv(this.#descriptor, READ_BUFFER, READ_BYTES, MSG.dontWait);
    if (count > 0) {
      this.#events?.data(READ_BUFFER.subarray(0, count));
      return;
    }
    const error = count < 0 ? errnoName(errno[0]) : "";
    if (error === "EAGAIN" || error === "EINTR") {
      return;
    }
    this.#isReading = false;
    if (error !== "") {
      this.abort();
      return;
    }
    this.#watchAsNeeded();
    this.#events?.ended();
  }

  /** The kernel has room again. */
  #writeOn(): void {
    const waiting = this.#waiting ?? [];
    for (let [bytes] = waiting; bytes !== undefined; [bytes] = waiting) {
      const count = this.#send(bytes);
      if (count < 0) {
        this.abort();
        return;
      }
      if (count < bytes.length) {
        waiting[0] = bytes.subarray(count);
        return;
      }
      waiting.shift();
    }
    this.#watchAsNeeded();
    this.#events?.drained();
    // Who was told that there is room may have written more.
    if (this.#state === "closing" && !this.isBehind) {
      this.#end();
    }
  }

  /** How many bytes the kernel took; negative: the client is gone. */
  #send(bytes: Uint8Array): number {
    const count = libc.send(this.#descriptor, bytes, bytes.length, MSG.noSignal | MSG.dontWait);
    return count < 0 && errnoName(errno[0]) === "EAGAIN" ? 0 : count;
  }

  #end(): void {
    this.#state = "closed";
    this.#waiting = null;
    if (this.#watch === null) {
      libc.close(this.#descriptor);
    } else {
      this.#watch.close();
    }
    const events = this.#events;
    this.#events = null;
    events?.closed();
  }
}
