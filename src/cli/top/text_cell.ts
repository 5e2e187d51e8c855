/**
 * Text in cells of so many columns, and what a screen can show of it. Pure.
 */
import stringWidth from "string-width";
import { cutMiddle, cutText } from "../cut_text.ts";

/** How things look on a terminal. */
export interface Look {
  /** Only characters that every terminal has. */
  readonly isAscii: boolean;
}

/** Where text stands in its cell, and what is cut of it. */
export type CellKind = "text" | "name" | "number";

const ASCII_CUT = "~";
const NOT_ASCII = /[^\x20-\x7e]/gu;
const ASCII_ONLY = /^[\x20-\x7e]*$/;

/** In exactly so many columns: numbers stand to the right, names are cut in their middle. */
export function cell(text: string, columns: number, kind: CellKind, { isAscii }: Look): string {
  const shown = isAscii ? text.replace(NOT_ASCII, "?") : text;
  const cut = kind === "name" ? cutMiddle : cutText;
  const fitting = columns < 1 ? "" : isAscii ? cut(shown, columns, ASCII_CUT) : cut(shown, columns);
  const blanks = " ".repeat(Math.max(0, columns - widthOf(fitting)));
  return kind === "number" ? blanks + fitting : fitting + blanks;
}

/** So many columns of a terminal. */
export function widthOf(text: string): number {
  return ASCII_ONLY.test(text) ? text.length : stringWidth(text);
}
