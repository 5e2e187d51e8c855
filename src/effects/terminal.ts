/**
 * Who runs a command: what is printed for them, and what they answer.
 *
 * Text is ordinary text, not byte strings, and printable but for newlines and what moves the cursor: whoever calls
 * sees to that. A reader that is gone is no error: what is printed for it is lost.
 */
import type { Screen, ScreenEvents } from "./screen.ts";

export interface Terminal {
  /** Standard input is a terminal: somebody can be asked. */
  readonly canAsk: boolean;
  /** Standard error is a terminal: lines can be written over. */
  readonly canOverwrite: boolean;
  /** So many columns wide is the terminal that standard output is; null: it is none, or doesn't say. */
  readonly outColumns: number | null;
  /** Standard output is a terminal with colours, and whoever looks at it has not asked for none. */
  readonly hasColours: boolean;
  /** Text is UTF-8 here, by the locale; otherwise it had better be ASCII. */
  readonly isUtf8: boolean;
  /** Standard input and output are a terminal that can be drawn on. */
  readonly canOpenScreen: boolean;
  /** Why something of what was printed with `out` is lost, in a few words; null: nothing is, or its reader is gone. */
  readonly outFault: string | null;
  /** Prints what the command was started for. Waits until it is taken. */
  out(text: string): void;
  /** Prints what is said beside it. */
  err(text: string): void;
  /** Takes the whole terminal, which is empty then; only where `canOpenScreen`. */
  openScreen(events: ScreenEvents): Screen;
  /** A line was typed, or there will be none: `readLine` would not wait. */
  hasInput(): boolean;
  /** The next line, without its end; null: there is none. Waits. */
  readLine(): string | null;
}
