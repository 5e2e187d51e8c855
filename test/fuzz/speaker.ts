/**
 * A service in memory that says its piece, whatever it is asked, and hangs up: what a target reads from a socket.
 */
import { MemoryUnixSockets } from "../../src/memory/unix_sockets.ts";

/** Sockets of which the one at `path` says these pieces, one after the other, as soon as it is connected to. */
export function speakerAt(path: string, pieces: readonly string[]): MemoryUnixSockets {
  const sockets = new MemoryUnixSockets();
  sockets.listen(path, (service) => {
    queueMicrotask(() => {
      for (const piece of pieces) {
        service.write(piece);
      }
      service.close();
    });
    return () => {};
  });
  return sockets;
}
