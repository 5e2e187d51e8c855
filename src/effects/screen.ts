/**
 * The whole of a terminal, for a program that draws on it and hears each key.
 *
 * Whoever has opened it leaves it; and however the process ends, but by SIGKILL, the terminal is what it was before. While
 * it is open nothing else is printed: what is said beside it is kept until it is left. Ctrl-Z and SIGTSTP stop the process
 * with the terminal as it was, and everything is to be drawn again when it goes on.
 */

/** A key that was pressed. */
export interface Key {
  /** `a`, `up`, `pagedown`, `return`, `escape`, `ctrl-c`: what it is called. Letters have the case they were typed in. */
  readonly name: string;
  /** The printable character that it types; empty: it types none. */
  readonly text: string;
}

/** In characters of one column. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** What happens at a terminal. */
export interface ScreenEvents {
  onKey(key: Key): void;
  /** Its size may be another, and nothing of what was drawn may be left. */
  onRedraw(): void;
  /** Nobody is at it any more. */
  onGone(): void;
}

export interface Screen {
  size(): ScreenSize;
  /** Writes text with escape sequences. Waits until it is taken. */
  draw(text: string): void;
  /** Gives the terminal back as it was; does nothing where that is done already. */
  leave(): void;
}
