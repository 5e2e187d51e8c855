/**
 * Descriptor 5, on which a child of master(8) says whether it is busy (spec section 7.4).
 *
 * The channel is shared with the siblings and becomes non-blocking by being watched: a write that
 * would block is tried again, in order, and is no sign that master is gone. The end of the channel is.
 */

import type { Clock } from "../effects/clock.ts";
import { Fatal } from "../effects/fatal.ts";
import type { StatusChannel } from "../effects/status_channel.ts";
import { errno, errnoName, libc } from "./libc.ts";

const RETRY_MS = 1;

/** Takes over the channel at that descriptor. Throws Fatal where it is no socket. */
export function createStatusChannel(descriptor: number, clock: Clock): StatusChannel {
  return new Channel(descriptor, clock);
}

class Channel implements StatusChannel {
  readonly #descriptor: number;
  readonly #clock: Clock;
  readonly #waiting: Uint8Array[] = [];
  #isGone = false;
  #ended: () => void = () => {};

  constructor(descriptor: number, clock: Clock) {
    this.#descriptor = descriptor;
    this.#clock = clock;
    this.#watch();
  }

  send(message: Uint8Array): void {
    if (this.#isGone) {
      return;
    }
    this.#waiting.push(message);
    if (this.#waiting.length === 1) {
      this.#write();
    }
  }

  onEnd(ended: () => void): void {
    this.#ended = ended;
    if (this.#isGone) {
      ended();
    }
  }

  #write(): void {
    for (let [message] = this.#waiting; message !== undefined; [message] = this.#waiting) {
      if (
        libc.write(this.#descriptor, message, message.length) < 0 &&
        errnoName(errno[0]) === "EAGAIN"
      ) {
        this.#clock.after(RETRY_MS, () => this.#write());
        return;
      }
      this.#waiting.shift();
    }
  }

  #watch(): void {
    const gone = (): void => {
      if (!this.#isGone) {
        this.#isGone = true;
        // The descriptor is closed by now, and the next file opened may have its number.
        this.#waiting.length = 0;
        this.#ended();
      }
    };
    Bun.connect({
      ...({ fd: this.#descriptor } as unknown as { unix: string }),
      socket: { data: () => {}, end: gone, close: gone, error: gone },
    }).catch((caught: unknown) => {
      const why = caught instanceof Error ? caught.message : String(caught);
      throw new Fatal(`watch descriptor ${this.#descriptor}: ${why}`);
    });
  }
}
