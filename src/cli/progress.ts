/**
 * One line on a terminal that says how far long work is; nothing anywhere else.
 */
import type { Terminal } from "../effects/terminal.ts";

const TO_LINE_START = "\r";
const ERASE_LINE = "\r\x1b[K";

export class Progress {
  readonly #terminal: Terminal;
  #isShown = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Shows this instead of what was shown before. */
  show(text: string): void {
    if (this.#terminal.canOverwrite) {
      this.#isShown = true;
      this.#terminal.err(`${ERASE_LINE}${text}${TO_LINE_START}`);
    }
  }

  /** Leaves nothing on the line. */
  clear(): void {
    if (this.#isShown) {
      this.#isShown = false;
      this.#terminal.err(ERASE_LINE);
    }
  }
}
