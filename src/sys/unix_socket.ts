/**
 * UNIX-domain sockets by the C library: datagrams, a stream that is written once, and what those that others have
 * opened need. Never waits: all are non-blocking. Closed on exec.
 */
import { errno, errnoName, libc, throwErrno } from "./libc.ts";

const AF_UNIX = 1;
const SOCK_NONBLOCK = 0x800;
const SOCK_CLOEXEC = 0x80000;
const FIONBIO = 0x5421;

/** Of socket(2) and accept4(2). */
export const SOCKET_FLAG = { nonBlockingCloseOnExec: SOCK_NONBLOCK | SOCK_CLOEXEC } as const;

/** Of send(2) and recv(2). */
export const MSG = { dontWait: 0x40, noSignal: 0x4000 } as const;

export const SOCKET_TYPE = { stream: 1, datagram: 2 } as const;

/** sizeof(sun_path), its closing zero included. */
const PATH_BYTES_MAX = 108;
const FAMILY_BYTES = 2;

/** A connected socket's descriptor, or the errno name of what went wrong. */
export function connectUnix(
  path: string,
  type: (typeof SOCKET_TYPE)[keyof typeof SOCKET_TYPE],
): number | string {
  if (path.length >= PATH_BYTES_MAX) {
    return "ENAMETOOLONG";
  }
  const socket = libc.socket(AF_UNIX, type | SOCKET_FLAG.nonBlockingCloseOnExec, 0);
  if (socket < 0) {
    return errnoName(errno[0]);
  }
  const address = Buffer.alloc(FAMILY_BYTES + PATH_BYTES_MAX);
  address.writeUInt16LE(AF_UNIX, 0);
  address.write(path, FAMILY_BYTES, "latin1");
  if (libc.connect(socket, address, address.length) === 0) {
    return socket;
  }
  const code = errnoName(errno[0]);
  libc.close(socket);
  return code;
}

/** Sends bytes in one call; null, or the errno name of what went wrong. */
export function sendBytes(socket: number, bytes: Uint8Array): string | null {
  return libc.send(socket, bytes, bytes.length, MSG.noSignal) < 0 ? errnoName(errno[0]) : null;
}

/** For a descriptor that somebody else has opened; whoever shares it shares this too. Throws OsError. */
export function setNonBlocking(descriptor: number): void {
  if (libc.ioctl(descriptor, FIONBIO, Int32Array.of(1)) < 0) {
    throwErrno(errno[0], "ioctl");
  }
}
