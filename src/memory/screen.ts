/**
 * A screen in memory: effects/screen.ts for tests that press keys and look at what is drawn.
 */
import type { Screen, ScreenEvents, ScreenSize } from "../effects/screen.ts";

export class MemoryScreen implements Screen {
  readonly events: ScreenEvents;
  isLeft = false;
  /** What was drawn so far. */
  drawn = "";

  constructor(events: ScreenEvents) {
    this.events = events;
  }

  size(): ScreenSize {
    return { columns: 80, rows: 24 };
  }

  draw(text: string): void {
    this.drawn += text;
  }

  leave(): void {
    this.isLeft = true;
  }

  /** Presses keys by their names; a single character types itself. */
  press(...names: readonly string[]): void {
    for (const name of names) {
      this.events.onKey({ name, text: name.length === 1 ? name : "" });
    }
  }
}
