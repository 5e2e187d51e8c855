/**
 * Connecting to UNIX sockets for real: effects/unix_sockets.ts.
 *
 * The connection is made with the C library, which says what went wrong and takes a path as the bytes that it is,
 * and is then handed to Bun's event loop by its descriptor. The service has its own: loop_sockets.ts.
 */
import { OsError } from "../effects/os_error.ts";
import type { OutgoingConnection, OutgoingEvents, UnixSockets } from "../effects/unix_sockets.ts";
import { connectUnix, SOCKET_TYPE } from "./unix_socket.ts";

/** The machine's own. */
export function createUnixSockets(): UnixSockets {
  return { connect };
}

async function connect(
  path: string,
  open: (connection: OutgoingConnection) => OutgoingEvents,
): Promise<void> {
  const descriptor = connectUnix(path, SOCKET_TYPE.stream);
  if (typeof descriptor === "string") {
    throw new OsError(descriptor, "connect");
  }
  await adoptConnection(descriptor, open);
}

/** Goes on with a connected socket: it belongs to the connection from now on. */
export async function adoptConnection(
  descriptor: number,
  open: (connection: OutgoingConnection) => OutgoingEvents,
): Promise<void> {
  let events: OutgoingEvents | null = null;
  let isGone = false;
  await Bun.connect({
    ...({ fd: descriptor } as unknown as { unix: string }),
    socket: {
      open: (socket) => {
        const opened = open({
          write: (bytes) => {
            if (socket.write(bytes) < bytes.length) {
              socket.terminate();
            }
          },
          abort: () => socket.terminate(),
        });
        if (isGone) {
          // What was sent within the call found nobody.
          opened.closed();
        } else {
          events = opened;
        }
      },
      data: (_, bytes) => events?.data(bytes),
      close: () => {
        isGone = true;
        events?.closed();
        events = null;
      },
      // What is thrown above is a bug, and must not be swallowed; `close` follows an error of the socket.
      error: (_, error) => {
        if (!("syscall" in error)) {
          queueMicrotask(() => {
            throw error;
          });
        }
      },
    },
  });
}
