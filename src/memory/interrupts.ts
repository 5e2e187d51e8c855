/**
 * Interrupts in memory: effects/interrupts.ts for tests that press Ctrl-C.
 */
import type { Interrupts } from "../effects/interrupts.ts";

export class MemoryInterrupts implements Interrupts {
  readonly #listeners = new Set<() => void>();

  /** Somebody listens: the process would not be ended. */
  get isListening(): boolean {
    return this.#listeners.size > 0;
  }

  listen(run: () => void): { cancel(): void } {
    const listener = (): void => run();
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }

  /** Ctrl-C. */
  interrupt(): void {
    for (const run of this.#listeners) {
      run();
    }
  }
}
