/**
 * Services to connect to in memory: effects/unix_sockets.ts, with the service's end in the hands of a test.
 *
 * What either end writes reaches the other at once, within the call; what the client sends while the service is
 * still beginning reaches it then.
 */
import { OsError } from "../effects/os_error.ts";
import type { OutgoingConnection, OutgoingEvents, UnixSockets } from "../effects/unix_sockets.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";

/** The service's end of a connection. Text is in byte strings. */
export interface MemoryService {
  write(text: string): void;
  close(): void;
}

/** Called when a client has connected; what it returns takes what the client sends. */
export type Serve = (service: MemoryService) => (text: string) => void;

export class MemoryUnixSockets implements UnixSockets {
  readonly #services = new Map<string, Serve | OsError>();

  /** From now on clients of this path are served so. */
  listen(path: string, serve: Serve): void {
    this.#services.set(path, serve);
  }

  /** From now on connecting to this path fails. */
  fail(path: string, code: string): void {
    this.#services.set(path, new OsError(code, "connect"));
  }

  async connect(
    path: string,
    open: (connection: OutgoingConnection) => OutgoingEvents,
  ): Promise<void> {
    const serve = this.#services.get(path) ?? new OsError("ENOENT", "connect");
    if (serve instanceof OsError) {
      throw serve;
    }
    let isOpen = true;
    let early = "";
    let take = (text: string): void => {
      early += text;
    };
    const close = (): void => {
      if (isOpen) {
        isOpen = false;
        events.closed();
      }
    };
    const events = open({
      write: (bytes) => {
        if (isOpen) {
          take(bytesToString(bytes));
        }
      },
      abort: close,
    });
    take = serve({
      write: (text) => {
        if (isOpen) {
          events.data(stringToBytes(text));
        }
      },
      close,
    });
    if (early !== "") {
      take(early);
    }
  }
}
