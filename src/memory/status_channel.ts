/**
 * The channel to master(8) in memory: effects/status_channel.ts, with master's end in the hands of a test.
 */
import type { StatusChannel } from "../effects/status_channel.ts";

export class MemoryStatusChannel implements StatusChannel {
  /** Each message as the numbers that it is made of, in order. */
  readonly sent: number[][] = [];
  #ended: () => void = () => {};
  #isEnded = false;

  get isEnded(): boolean {
    return this.#isEnded;
  }

  send(message: Uint8Array): void {
    if (!this.#isEnded) {
      this.sent.push([...new Uint32Array(message.slice().buffer)]);
    }
  }

  onEnd(ended: () => void): void {
    this.#ended = ended;
  }

  /** Master closes its end: it reloads, or is gone. */
  end(): void {
    if (!this.#isEnded) {
      this.#isEnded = true;
      this.#ended();
    }
  }
}
