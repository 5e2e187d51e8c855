/**
 * Interrupts for real: effects/interrupts.ts, over the signals SIGINT and SIGTERM.
 *
 * A signal is told of in the event loop's next turn: who works without a pause is not interrupted.
 */
import type { Interrupts } from "../effects/interrupts.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** This process's own. */
export function createInterrupts(): Interrupts {
  return { listen };
}

function listen(run: () => void): { cancel(): void } {
  for (const signal of SIGNALS) {
    process.on(signal, run);
  }
  return {
    cancel: () => {
      for (const signal of SIGNALS) {
        process.off(signal, run);
      }
    },
  };
}
