/**
 * A terminal in memory: effects/terminal.ts for tests that look at what is printed, and answer.
 */
import type { Screen, ScreenEvents } from "../effects/screen.ts";
import type { Terminal } from "../effects/terminal.ts";
import { MemoryScreen } from "./screen.ts";

export class MemoryTerminal implements Terminal {
  canAsk = false;
  canOverwrite = false;
  outColumns: number | null = null;
  hasColours = false;
  isUtf8 = true;
  /** The screen that is open, or was last. */
  screen: MemoryScreen | null = null;
  canOpenScreen = false;
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

  openScreen(events: ScreenEvents): Screen {
    this.screen = new MemoryScreen(events);
    return this.screen;
  }

  hasInput(): boolean {
    this.onWait?.();
    return this.onWait === null;
  }

  readLine(): string | null {
    return this.answers.shift() ?? null;
  }
}
