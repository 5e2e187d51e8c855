/**
 * A queue manager that is only woken: effects/triggers.ts for tests.
 *
 * It can be told to do something each time, such as looking at the queue at that very moment.
 */
import type { QueueManager } from "../effects/triggers.ts";

export class MemoryQueueManager implements QueueManager {
  /** The letters of each wake-up, in order. */
  readonly wakeUps: string[] = [];
  readonly #onWake: (letters: string) => void;

  constructor(onWake: (letters: string) => void = () => undefined) {
    this.#onWake = onWake;
  }

  wake(letters: string): void {
    this.wakeUps.push(letters);
    this.#onWake(letters);
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }
}
