/**
 * Logs that wait for the second look at messages that were in no queue: all of a walk in one line, with one timer.
 *
 * Guarantees: each log goes on once, at least SECOND_LOOK_MS after it came, in slices, and before the walk begins with
 * further ones. A log costs a place in the line: no promise and no timer of its own, which cost a purge more than all its
 * system calls' JavaScript (docs/PERFORMANCE.md). What a log holds, its lock and its descriptor, it holds meanwhile: so
 * there is room for no more than WAITING_MAX.
 */
import type { Clock } from "../effects/clock.ts";
import { delay, type Slice } from "./slice.ts";

/**
 * Time between the two looks for a message that is in no queue. The queue manager moves a message
 * between two queues within microseconds; ten milliseconds outlast a delayed disk as well, and nobody
 * notices them in a flush.
 */
export const SECOND_LOOK_MS = 10;

/** Each holds a descriptor. A log takes 50 µs or more: of fewer, all would wait at times, and nothing would be done. */
const WAITING_MAX = 192;

export class SecondLooks {
  readonly #clock: Clock;
  readonly #slice: Slice;
  /** In the order in which they are due, which stands beside. */
  readonly #waiting: (() => void)[] = [];
  readonly #dueMs: number[] = [];
  #looking: Promise<void> | null = null;
  #roomAwaited: (() => void)[] = [];

  constructor(clock: Clock, slice: Slice) {
    this.#clock = clock;
    this.#slice = slice;
  }

  /**
   * Calls `goOn`, which handles its log's trouble, when it is time. Null: there is room for another log; otherwise that is
   * to be awaited first.
   */
  add(goOn: () => void): Promise<void> | null {
    this.#waiting.push(goOn);
    this.#dueMs.push(this.#clock.monotonicMs() + SECOND_LOOK_MS);
    this.#looking ??= this.#lookUntilNoneWaits();
    return this.#waiting.length < WAITING_MAX
      ? null
      : new Promise((goOn) => this.#roomAwaited.push(goOn));
  }

  /** Until none waits any more. */
  async settled(): Promise<void> {
    await this.#looking;
  }

  async #lookUntilNoneWaits(): Promise<void> {
    for (let dueMs = this.#dueMs[0]; dueMs !== undefined; dueMs = this.#dueMs[0]) {
      const waitMs = dueMs - this.#clock.monotonicMs();
      if (waitMs > 0) {
        await delay(this.#clock, waitMs);
      }
      const pause = this.#slice.pause();
      if (pause !== null) {
        await pause;
      }
      this.#dueMs.shift();
      this.#waiting.shift()?.();
      this.#tellOfRoom();
    }
    this.#looking = null;
  }

  #tellOfRoom(): void {
    if (this.#roomAwaited.length > 0) {
      const awaited = this.#roomAwaited;
      this.#roomAwaited = [];
      for (const goOn of awaited) {
        goOn();
      }
    }
  }
}
