/**
 * Logs that wait for the second look at messages that were in no queue: all of a walk in one line, with one timer. And those
 * that wait for the disk behind it.
 *
 * Guarantees: each log goes on once, at least SECOND_LOOK_MS after it came, in slices, and before the walk begins with
 * further ones. A log costs a place in the line: no promise and no timer of its own while it stands there, which cost a
 * purge more than all its system calls' JavaScript (docs/PERFORMANCE.md). What a log holds, its lock and its descriptor, it
 * holds until it has ended: so there is room for no more than UNDER_WAY_MAX.
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
const UNDER_WAY_MAX = 192;

/**
 * No second look is taken while so many have gone on and not ended: they wait for their cuts, in the background, and those that
 * end in the same turn of the loop are all given back in it, 10 µs each. The disk is busy with fewer. (Logs that need no second
 * look go on as they come: most have nothing to be cut off, and the mail that the others have released is sent at a pace.)
 */
const ENDING_MAX = 32;

/** Goes on with a log, whose trouble it handles, and resolves when that is given back. */
type GoOn = () => Promise<void>;

export class SecondLooks {
  readonly #clock: Clock;
  readonly #slice: Slice;
  /** In the order in which they are due, which stands beside. */
  readonly #waiting: GoOn[] = [];
  readonly #dueMs: number[] = [];
  /** Logs that have gone on, and have not ended. */
  #endingCount = 0;
  #looking: Promise<void> | null = null;
  readonly #roomAwaited: (() => void)[] = [];
  /** Who waits for one of them to end. */
  #endAwaited: () => void = () => undefined;

  constructor(clock: Clock, slice: Slice) {
    this.#clock = clock;
    this.#slice = slice;
  }

  /** Calls `goOn` when it is time. Null: there is room for another log; otherwise that is to be awaited first. */
  add(goOn: GoOn): Promise<void> | null {
    this.#waiting.push(goOn);
    this.#dueMs.push(this.#clock.monotonicMs() + SECOND_LOOK_MS);
    this.#looking ??= this.#lookUntilNoneWaits();
    return this.#room();
  }

  /** The same for a log that needs no second look. */
  pass(goOn: GoOn): Promise<void> | null {
    this.#goOn(goOn);
    return this.#room();
  }

  /** Until all have ended. */
  async settled(): Promise<void> {
    await this.#looking;
    while (this.#endingCount > 0) {
      await this.#nextEnd();
    }
  }

  get #hasRoom(): boolean {
    return this.#waiting.length + this.#endingCount < UNDER_WAY_MAX;
  }

  #room(): Promise<void> | null {
    return this.#hasRoom ? null : new Promise((goOn) => this.#roomAwaited.push(goOn));
  }

  #nextEnd(): Promise<void> {
    return new Promise((goOn) => {
      this.#endAwaited = goOn;
    });
  }

  #goOn(goOn: GoOn): void {
    this.#endingCount++;
    void goOn().then(() => {
      this.#endingCount--;
      this.#endAwaited();
      if (this.#hasRoom) {
        this.#roomAwaited.shift()?.();
      }
    });
  }

  async #lookUntilNoneWaits(): Promise<void> {
    for (let dueMs = this.#dueMs[0]; dueMs !== undefined; dueMs = this.#dueMs[0]) {
      const waitMs = dueMs - this.#clock.monotonicMs();
      if (waitMs > 0) {
        await delay(this.#clock, waitMs);
      }
      while (this.#endingCount >= ENDING_MAX) {
        await this.#nextEnd();
      }
      const pause = this.#slice.pause();
      if (pause !== null) {
        await pause;
      }
      this.#dueMs.shift();
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#goOn(next);
      }
    }
    this.#looking = null;
  }
}
