/**
 * What a terminal shows, as a page that a browser draws: each cell's letter and colours, as xterm.js has them. Pure.
 */
import type { IBufferCell, Terminal } from "@xterm/headless";

/** Of a usual terminal: black to white. */
const PALETTE = [
  ...["#1e1e1e", "#f14c4c", "#23d18b", "#e5e510", "#3b8eea", "#d670d6", "#29b8db", "#e5e5e5"],
];
const FOREGROUND = "#d4d4d4";
const BACKGROUND = "#1e1e1e";

/** In CSS pixels: those of DejaVu Sans Mono in 16 pixels, rounded so that box characters join. */
const CELL_WIDTH = 10;
const CELL_HEIGHT = 20;
const FONT_PIXELS = 16;
const MARGIN = 10;

/** A page, and the size of a window that it fills. */
export interface ScreenPicture {
  readonly html: string;
  readonly width: number;
  readonly height: number;
}

/** Draws the screen as it is now. */
export function screenPicture({ buffer, rows, cols }: Terminal): ScreenPicture {
  const { active } = buffer;
  const spans: string[] = [];
  for (let row = 0; row < rows; row++) {
    const line = active.getLine(active.baseY + row);
    for (let column = 0; column < cols; column++) {
      const cell = line?.getCell(column);
      if (cell !== undefined) {
        spans.push(cellSpan(cell, row, column));
      }
    }
  }
  const style =
    `body { margin: 0; background: ${BACKGROUND}; } ` +
    `span { position: absolute; font: ${FONT_PIXELS}px/${CELL_HEIGHT}px "DejaVu Sans Mono"; ` +
    `height: ${CELL_HEIGHT}px; white-space: pre; }`;
  return {
    html: `<!doctype html><meta charset="utf-8"><style>${style}</style>${spans.join("")}`,
    width: cols * CELL_WIDTH + 2 * MARGIN,
    height: rows * CELL_HEIGHT + 2 * MARGIN,
  };
}

function cellSpan(cell: IBufferCell, row: number, column: number): string {
  const text = cell.getChars() || " ";
  const ink = cell.isFgPalette() ? (PALETTE[cell.getFgColor()] ?? FOREGROUND) : FOREGROUND;
  const [color, background] = cell.isInverse() ? [BACKGROUND, ink] : [ink, BACKGROUND];
  const looks = [
    `left: ${MARGIN + column * CELL_WIDTH}px`,
    `top: ${MARGIN + row * CELL_HEIGHT}px`,
    `width: ${CELL_WIDTH * cell.getWidth()}px`,
    `color: ${color}`,
    `background: ${background}`,
    ...(cell.isBold() ? ["font-weight: bold"] : []),
    ...(cell.isUnderline() ? ["text-decoration: underline"] : []),
  ];
  return `<span style="${looks.join("; ")}">${Bun.escapeHTML(text)}</span>`;
}
