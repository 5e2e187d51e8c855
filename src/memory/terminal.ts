/**
 * A terminal in memory: effects/terminal.ts for tests that look at what is printed, and answer.
 */
import type { Terminal } from "../effects/terminal.ts";

export class MemoryTerminal implements Terminal {
  canAsk = false;
  canOverwrite = false;
  outColumns: number | null = null;
  hasColours = false;
  outFault: string | null = null;
  /** What was printed so far. */
  outText = "";
  errText = "";
  /** What is typed, a line each. */
  readonly answers: string[] = [];

  /** Nobody types; called each time that it is looked for. Null: whoever is asked answers at once. */
  onWait: (() => void) | null = null;

  out(text: string): void {
    this.outText += text;
  }

  err(text: string): void {
    this.errText += text;
  }

  hasInput(): boolean {
    this.onWait?.();
    return this.onWait === null;
  }

  readLine(): string | null {
    return this.answers.shift() ?? null;
  }
}
