/**
 * A log daemon's socket in memory: effects/datagrams.ts, with the other end in the hands of a test.
 */
import type { DatagramSocket } from "../effects/datagrams.ts";
import { bytesToString } from "../names/byte_string.ts";

export class MemoryDatagrams implements DatagramSocket {
  /** What the daemon has got, in order, as byte strings. */
  readonly received: string[] = [];
  /** How the daemon is: it takes lines, is behind, or is not there. */
  state: "there" | "full" | "gone" = "there";
  #isClosed = false;

  send(bytes: Uint8Array): "sent" | "full" | "gone" {
    if (this.#isClosed) {
      return "gone";
    }
    if (this.state !== "there") {
      return this.state;
    }
    this.received.push(bytesToString(bytes));
    return "sent";
  }

  close(): void {
    this.#isClosed = true;
  }
}
