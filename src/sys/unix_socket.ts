/**
 * UNIX-domain sockets of the kinds that Bun has no call for: datagrams, and a stream that is written
 * once. Never waits: all are non-blocking. Closed on exec.
 */
import { errno, errnoName, libc } from "./libc.ts";

const AF_UNIX = 1;
const SOCK_NONBLOCK = 0x800;
const SOCK_CLOEXEC = 0x80000;
const MSG_NOSIGNAL = 0x4000;

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
  const socket = libc.socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
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
  return libc.send(socket, bytes, bytes.length, MSG_NOSIGNAL) < 0 ? errnoName(errno[0]) : null;
}
