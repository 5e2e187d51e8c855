/**
 * Calls of the kernel that the differential suite needs and Bun has no call for: sockets without an event
 * loop, locks, FIFOs, and the order of what happens to files.
 *
 * Nothing here waits: what is not there yet is null. Paths are byte strings. Throws Error with the name of
 * the call where it fails for another reason than having nothing to give.
 */
import { dlopen, FFIType, read } from "bun:ffi";

const int = FFIType.i32;
const unsigned = FFIType.u32;
const size = FFIType.u64;
const pointer = FFIType.ptr;

const libc = dlopen("libc.so.6", {
  __errno_location: { args: [], returns: pointer },
  socketpair: { args: [int, int, int, pointer], returns: int },
  socket: { args: [int, int, int], returns: int },
  bind: { args: [int, pointer, unsigned], returns: int },
  connect: { args: [int, pointer, unsigned], returns: int },
  listen: { args: [int, int], returns: int },
  accept4: { args: [int, pointer, pointer, int], returns: int },
  recv: { args: [int, pointer, size, int], returns: int },
  send: { args: [int, pointer, size, int], returns: int },
  read: { args: [int, pointer, size], returns: int },
  shutdown: { args: [int, int], returns: int },
  close: { args: [int], returns: int },
  ioctl: { args: [int, size, pointer], returns: int },
  fcntl: { args: [int, int, pointer], returns: int },
  flock: { args: [int, int], returns: int },
  mkfifo: { args: [pointer, unsigned], returns: int },
  inotify_init1: { args: [int], returns: int },
  inotify_add_watch: { args: [int, pointer, unsigned], returns: int },
}).symbols;

const EAGAIN = 11;
const ECONNRESET = 104;
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const NONBLOCK = 0x800;
const CLOEXEC = 0x80000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const SHUT_WR = 1;
const SIOCOUTQ = 0x5411;
const LOCK_EX_NB = 6;
const F_SETLK = 6;
const F_WRLCK = 1;
const FLOCK_BYTES = 32;
const FAMILY_BYTES = 2;
const SUN_PATH_BYTES = 108;

const BACKLOG = 64;
const BUFFER_BYTES = 65_536;
const buffer = new Uint8Array(BUFFER_BYTES);

/** A file descriptor. */
export type Descriptor = number;

/** Why the call just before failed. */
function errno(): number {
  const location = libc.__errno_location();
  return location === null ? 0 : read.i32(location);
}

function check(name: string, result: number): number {
  if (result < 0) {
    throw new Error(`${name}: errno ${errno()}`);
  }
  return result;
}

/** Our end, and the end for a child: both are closed on exec unless handed on as standard input and output. */
export function socketPair(): { readonly own: Descriptor; readonly other: Descriptor } {
  const pair = new Int32Array(2);
  check("socketpair", libc.socketpair(AF_UNIX, SOCK_STREAM | CLOEXEC, 0, pair));
  return { own: pair[0] ?? -1, other: pair[1] ?? -1 };
}

/** A stream connected to the socket at `path`; null where there is none or it is full. */
export function connectTo(path: string): Descriptor | null {
  const socket = check("socket", libc.socket(AF_UNIX, SOCK_STREAM | CLOEXEC | NONBLOCK, 0));
  const address = addressOf(path);
  if (libc.connect(socket, address, address.length) === 0) {
    return socket;
  }
  libc.close(socket);
  return null;
}

/** Sends one datagram to the socket at `path`. */
export function sendDatagram(path: string, text: string): void {
  const socket = check("socket", libc.socket(AF_UNIX, SOCK_DGRAM | CLOEXEC, 0));
  const address = addressOf(path);
  check(`connect ${path}`, libc.connect(socket, address, address.length));
  send(socket, text);
  libc.close(socket);
}

/** A new datagram socket at `path`. */
export function datagramSocketAt(path: string): Descriptor {
  return bound(path, SOCK_DGRAM);
}

/** A new listening stream socket at `path`, with room for `backlog` clients that wait. */
export function listenerAt(path: string, backlog = BACKLOG): Descriptor {
  const socket = bound(path, SOCK_STREAM);
  check("listen", libc.listen(socket, backlog));
  return socket;
}

function bound(path: string, type: number): Descriptor {
  const socket = check("socket", libc.socket(AF_UNIX, type | CLOEXEC | NONBLOCK, 0));
  const address = addressOf(path);
  check(`bind ${path}`, libc.bind(socket, address, address.length));
  return socket;
}

function addressOf(path: string): Buffer {
  if (path.length >= SUN_PATH_BYTES) {
    throw new Error(`too long for the path of a socket: ${path}`);
  }
  const address = Buffer.alloc(FAMILY_BYTES + SUN_PATH_BYTES);
  address.writeUInt16LE(AF_UNIX, 0);
  address.write(path, FAMILY_BYTES, "latin1");
  return address;
}

/** The next client of a listener; null where none waits. */
export function accept(listener: Descriptor): Descriptor | null {
  const socket = libc.accept4(listener, null, null, CLOEXEC | NONBLOCK);
  return socket < 0 ? null : socket;
}

/** What has come, as a byte string, "" at the end (a reset included); null where nothing has come yet. */
export function receive(socket: Descriptor): string | null {
  const count = libc.recv(socket, buffer, BUFFER_BYTES, MSG_DONTWAIT);
  if (count < 0) {
    switch (errno()) {
      case EAGAIN:
        return null;
      case ECONNRESET:
        return "";
      default:
        check("recv", count);
    }
  }
  return Buffer.from(buffer.buffer, 0, count).toString("latin1");
}

/** What can be read from a non-blocking descriptor at once, as a byte string. */
export function readAvailable(descriptor: Descriptor): string {
  const count = libc.read(descriptor, buffer, BUFFER_BYTES);
  return Buffer.from(buffer.buffer, 0, Math.max(count, 0)).toString("latin1");
}

/** Sends a byte string; a peer that is gone is none of our business. */
export function send(socket: Descriptor, text: string): void {
  const bytes = Buffer.from(text, "latin1");
  for (let sent = 0; sent < bytes.length; ) {
    const count = libc.send(socket, bytes.subarray(sent), bytes.length - sent, MSG_NOSIGNAL);
    if (count < 0) {
      return;
    }
    sent += count;
  }
}

/** Shuts down writing. */
export function endWriting(socket: Descriptor): void {
  libc.shutdown(socket, SHUT_WR);
}

/** Bytes of ours that the peer has not read yet. */
export function unreadBytes(socket: Descriptor): number {
  const count = new Int32Array(1);
  check("ioctl", libc.ioctl(socket, SIOCOUTQ, count));
  return count[0] ?? 0;
}

/** Closes any descriptor. */
export function close(descriptor: Descriptor): void {
  libc.close(descriptor);
}

/** Locks an open file as flock(2) or fcntl(2) do, exclusively; the lock goes with the descriptor. */
export function lock(file: Descriptor, kind: "flock" | "fcntl"): void {
  if (kind === "flock") {
    check("flock", libc.flock(file, LOCK_EX_NB));
    return;
  }
  const request = new Uint8Array(FLOCK_BYTES); // Whole file: start and length 0.
  new DataView(request.buffer).setInt16(0, F_WRLCK, true);
  check("fcntl", libc.fcntl(file, F_SETLK, request));
}

/** Makes a FIFO. */
export function makeFifo(path: string, mode: number): void {
  check("mkfifo", libc.mkfifo(cString(path), mode));
}

function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`, "latin1");
}

/** What can happen to the files of a directory, by inotify(7)'s numbers. */
const EVENTS: ReadonlyArray<readonly [number, string]> = [
  [0x002, "write"],
  [0x004, "touch"],
  [0x040, "leave"],
  [0x080, "come"],
  [0x100, "create"],
  [0x200, "delete"],
];
const CLOSE_WRITE = 0x008;
const EVENT_HEADER_BYTES = 16;

/** Watches directories, and tells in order what happened to the files in them. */
export class FileEvents {
  readonly #inotify = check("inotify_init1", libc.inotify_init1(NONBLOCK | CLOEXEC));
  readonly #names = new Map<number, string>();

  /** `name` stands for the directory at `path` in what is told. */
  watch(path: string, name: string): void {
    const mask = EVENTS.reduce((all, [bit]) => all | bit, CLOSE_WRITE);
    const watch = libc.inotify_add_watch(this.#inotify, cString(path), mask);
    this.#names.set(check("inotify_add_watch", watch), name);
  }

  /** `write flush/one_example`, in order; what is written to a FIFO is told when it is closed. */
  take(): string[] {
    const told: string[] = [];
    for (;;) {
      const count = libc.read(this.#inotify, buffer, BUFFER_BYTES);
      if (count <= 0) {
        return told;
      }
      told.push(...this.#parse(Buffer.from(buffer.buffer, 0, count)));
    }
  }

  close(): void {
    libc.close(this.#inotify);
  }

  *#parse(bytes: Buffer): Generator<string> {
    for (let at = 0; at < bytes.length; ) {
      const nameEnd = at + EVENT_HEADER_BYTES + bytes.readUInt32LE(at + 12);
      const [name = ""] = bytes.toString("latin1", at + EVENT_HEADER_BYTES, nameEnd).split("\0");
      const path = `${this.#names.get(bytes.readInt32LE(at))}/${name}`;
      const mask = bytes.readUInt32LE(at + 4);
      for (const [bit, word] of EVENTS) {
        if ((mask & bit) !== 0) {
          yield `${word} ${path}`;
        }
      }
      if ((mask & CLOSE_WRITE) !== 0 && path.startsWith("public/")) {
        yield `write ${path}`;
      }
      at = nameEnd;
    }
  }
}
