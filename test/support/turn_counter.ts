/**
 * Counts what happens within one turn of the event loop: how a test sees that long work is done in slices.
 */
import type { MemoryClock } from "../../src/memory/clock.ts";

export class TurnCounter {
  #inThisTurn = 0;
  #most = 0;

  /** What is counted happens; to be called once `watch` was. */
  readonly count = (): void => {
    this.#most = Math.max(this.#most, ++this.#inThisTurn);
  };

  /** The most that has happened in a turn. */
  get most(): number {
    return this.#most;
  }

  /** From now on each turn that somebody asks this clock for begins to count anew. */
  watch(clock: MemoryClock): void {
    const nextTurn = clock.nextTurn.bind(clock);
    clock.nextTurn = (run) => {
      this.#inThisTurn = 0;
      nextTurn(run);
    };
  }
}
