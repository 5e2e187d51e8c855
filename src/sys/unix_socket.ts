/**
 * UNIX-domain sockets by the C library: datagrams, a stream that is written once, and what is
 * handed to another program. Never waits: all are non-blocking. Closed on exec.
 */
import { check, errno, errnoName, libc } from "./libc.ts";

const AF_UNIX = 1;
const SOCK_NONBLOCK = 0x800;
const SOCK_CLOEXEC = 0x80000;

/** Of socket(2) and accept4(2). */
export const SOCKET_FLAG = { nonBlockingCloseOnExec: SOCK_NONBLOCK | SOCK_CLOEXEC } as const;

/** Of send(2) and recv(2). */
export const MSG = { dontWait: 0x40, noSignal: 0x4000 } as const;

export const SOCKET_TYPE = { stream: 1, datagram: 2 } as const;

/** sizeof(sun_path), its closing zero included. */
const PATH_BYTES_MAX = 108;
const FAMILY_BYTES = 2;

/** How many connections may wait for a server to take them: the one that it is started for. */
const BACKLOG = 1;

type SocketType = (typeof SOCKET_TYPE)[keyof typeof SOCKET_TYPE];

/** A connected socket's descriptor, or the errno name of what went wrong. */
export function connectUnix(path: string, type: SocketType): number | string {
  const socket = newSocket(path, type);
  if (typeof socket === "string") {
    return socket;
  }
  const address = addressOf(path);
  const result = libc.connect(socket, address, address.length);
  return result === 0 ? socket : failed(socket, errno[0]);
}

/** The descriptor of a socket that listens at a path where nothing is yet, or the errno name of what went wrong. */
export function listenUnix(path: string): number | string {
  const socket = newSocket(path, SOCKET_TYPE.stream);
  if (typeof socket === "string") {
    return socket;
  }
  const address = addressOf(path);
  const bound = libc.bind(socket, address, address.length);
  if (bound !== 0) {
    return failed(socket, errno[0]);
  }
  const result = libc.listen(socket, BACKLOG);
  return result === 0 ? socket : failed(socket, errno[0]);
}

/** The two ends of a stream. Throws OsError. */
export function socketPair(): { readonly own: number; readonly other: number } {
  const ends = new Int32Array(2);
  const type = SOCKET_TYPE.stream | SOCKET_FLAG.nonBlockingCloseOnExec;
  check(libc.socketpair(AF_UNIX, type, 0, ends), errno[0], "socketpair");
  const [own = -1, other = -1] = ends;
  return { own, other };
}

function newSocket(path: string, type: SocketType): number | string {
  if (path.length >= PATH_BYTES_MAX) {
    return "ENAMETOOLONG";
  }
  const socket = libc.socket(AF_UNIX, type | SOCKET_FLAG.nonBlockingCloseOnExec, 0);
  return socket < 0 ? errnoName(errno[0]) : socket;
}

function addressOf(path: string): Buffer {
  const address = Buffer.alloc(FAMILY_BYTES + PATH_BYTES_MAX);
  address.writeUInt16LE(AF_UNIX, 0);
  address.write(path, FAMILY_BYTES, "latin1");
  return address;
}

/** Closes a socket that is of no use, and names the error. */
function failed(socket: number, error: number | undefined): string {
  libc.close(socket);
  return errnoName(error);
}

/** Sends bytes in one call; null, or the errno name of what went wrong. */
export function sendBytes(socket: number, bytes: Uint8Array): string | null {
  return libc.send(socket, bytes, bytes.length, MSG.noSignal) < 0 ? errnoName(errno[0]) : null;
}
