/**
 * Descriptor 5, on which a child of master(8) says whether it is busy (spec section 7.4).
 *
 * The channel is shared with the siblings and made non-blocking: a write that
 * would block is tried again, in order, and is no sign that master is gone. The end of the channel is.
 */

import type { StatusChannel } from "../effects/status_channel.ts";
import { type EventLoop, READY, type Watch } from "./event_loop.ts";
import { watchInherited } from "./inherited_descriptor.ts";
import { errno, errnoName, libc } from "./libc.ts";

const RETRY_MS = 1;

/** Takes over the channel at that descriptor. Throws Fatal where it can't be watched. */
export function createStatusChannel(loop: EventLoop, descriptor: number): StatusChannel {
  return new Channel(loop, descriptor);
}

class Channel implements StatusChannel {
  readonly #descriptor: number;
  readonly #loop: EventLoop;
  readonly #watched: Watch;
  readonly #dropped = new Uint8Array(64);
  readonly #waiting: Uint8Array[] = [];
  #isGone = false;
  #ended: () => void = () => {};

  constructor(loop: EventLoop, descriptor: number) {
    this.#descriptor = descriptor;
    this.#loop = loop;
    this.#watched = watchInherited(loop, descriptor, "watch", (flags) => this.#ready(flags));
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
        this.#loop.after(RETRY_MS, () => this.#write());
        return;
      }
      this.#waiting.shift();
    }
  }

  /** Master writes nothing, so what can be read is the end; should it write, that is dropped. */
  #ready(flags: number): void {
    const hasEnded =
      (flags & (READY.hangUp | READY.error)) !== 0 ||
      libc.read(this.#descriptor, this.#dropped, this.#dropped.length) === 0;
    if (hasEnded) {
      this.#isGone = true;
      // The next file opened may have the descriptor's number.
      this.#waiting.length = 0;
      // Not `close`: a sibling may have the channel open still, and epoll(7) would go on to tell of it.
      this.#watched.stop();
      libc.close(this.#descriptor);
      this.#ended();
    }
  }
}
