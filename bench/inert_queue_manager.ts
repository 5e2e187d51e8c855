/**
 * Stands where a queue manager listens, takes its triggers, and does nothing.
 *
 * The benchmark's messages are empty files in the deferred and incoming queues, which a real queue manager
 * would pick up and throw away. Its triggers are kept, so that a send can be checked to have asked for
 * delivery.
 */
import { chmodSync, rmSync } from "node:fs";

export class InertQueueManager {
  #triggers = "";
  readonly #path: string;
  readonly #listener: Bun.UnixSocketListener<undefined>;

  /** Listens at `path`; throws if something else does. */
  constructor(path: string) {
    this.#path = path;
    this.#listener = Bun.listen({
      unix: path,
      socket: {
        data: (socket, bytes) => {
          this.#triggers += bytes.toString("latin1").replaceAll("\0", "");
          socket.end();
        },
      },
    });
    chmodSync(path, 0o666); // As master(8) makes its sockets: the clients run as the mail owner.
  }

  /** The trigger bytes that have come since the last call, in order. */
  takeTriggers(): string {
    const triggers = this.#triggers;
    this.#triggers = "";
    return triggers;
  }

  stop(): void {
    this.#listener.stop(true);
    rmSync(this.#path, { force: true });
  }
}
