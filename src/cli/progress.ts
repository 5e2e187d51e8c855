/**
 * One line on a terminal that says how far long work is: a bar where it is known how much there is, and words where
 * it isn't. Nothing anywhere else, nor before SHOWN_AFTER_MS: a line that is gone at once is no help.
 */
import type * as CliProgress from "cli-progress";
import type { Clock } from "../effects/clock.ts";
import type { Terminal } from "../effects/terminal.ts";
import { countText, numberText } from "./printable.ts";

const TO_LINE_START = "\r";
const ERASE_LINE = "\r\x1b[K";

/** Work that takes no longer than this is done without a word. */
export const SHOWN_AFTER_MS = 500;

const BAR_LENGTH = 30;

/** In characters that every terminal has. */
const BAR = {
  barsize: BAR_LENGTH,
  barCompleteString: "=".repeat(BAR_LENGTH),
  barIncompleteString: "-".repeat(BAR_LENGTH),
  barGlue: "",
};

/** What a bar counts: the plural of other words than with an `s` has to be added here. */
type Unit = "message" | "log";

export class Progress {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #startMs: number;
  #shown: string | null = null;

  /** Of work that begins now. */
  constructor({ terminal, clock }: { readonly terminal: Terminal; readonly clock: Clock }) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
  }

  /** Shows this instead of what was shown before. */
  show(text: string): void {
    if (this.#isDue() && text !== this.#shown) {
      this.#shown = text;
      this.#terminal.err(`${ERASE_LINE}${text}${TO_LINE_START}`);
    }
  }

  /** The same with a bar: so much of all of it is done. */
  bar(what: string, done: number, all: number, unit: Unit): void {
    if (!this.#isDue()) {
      return;
    }
    const share = all === 0 ? 1 : Math.min(1, done / all);
    const bar = loadCliProgress().Format.BarFormat(share, BAR);
    const percent = String(Math.floor(share * 100)).padStart(3);
    this.show(`${what} [${bar}] ${percent}% ${numberText(done)} of ${countText(all, unit)}`);
  }

  /** Leaves nothing on the line. */
  clear(): void {
    if (this.#shown !== null) {
      this.#shown = null;
      this.#terminal.err(ERASE_LINE);
    }
  }

  /** Somebody sees it, and has waited for a while. */
  #isDue(): boolean {
    return (
      this.#terminal.canOverwrite && this.#clock.monotonicMs() - this.#startMs >= SHOWN_AFTER_MS
    );
  }
}

/** Loaded when the first bar is shown: most commands are done before anybody needs one. */
function loadCliProgress(): typeof CliProgress {
  return require("cli-progress") as typeof CliProgress;
}
