/**
 * One screen of `fastflush top` as text, for `--once`. Pure.
 */
import { type Frame, screenLines } from "./screen_lines.ts";
import type { TopState } from "./top_state.ts";

/** What a screen has where nobody says how large it is. */
const USUAL_COLUMNS = 80;
const ROWS = 24;

/** No row of it is selected, and it has no keys. Null: no terminal whose width matters. */
export function onceText(state: TopState, terminalColumns: number | null, frame: Frame): string {
  const size = { columns: terminalColumns ?? USUAL_COLUMNS, rows: ROWS };
  const unselected = { ...state, destinations: { ...state.destinations, selected: -1 } };
  const lines = screenLines(unselected, size, frame).slice(0, -1);
  const texts = lines.map((line) =>
    line
      .map(({ text }) => text)
      .join("")
      .trimEnd(),
  );
  const end = texts.findLastIndex((text) => text !== "") + 1;
  return texts
    .slice(0, end)
    .map((text) => `${text}\n`)
    .join("");
}
