/**
 * A table in plain text, by cli-table3: columns as wide as their widest cell, two blanks between them, no lines. Pure.
 *
 * Cells are printable text, which may be coloured. A table is the same on a terminal and in a pipe, but that on a
 * terminal a column may be cut at its right edge. The library's work grows with the square of the number of rows and
 * with that of what it cuts: a table is made page by page, with columns of the same widths, and cut here. A row costs
 * 0.1 ms all the same, so that whoever may have very many shows the first ROWS_SHOWN_MAX.
 */
import Table from "cli-table3";
import stringWidth from "string-width";

/** A column: its heading, and where its cells stand. */
export interface Column {
  readonly heading: string;
  readonly isNumber?: true;
  /** Its text, which has no colours then, is cut where the table is wider than the terminal. */
  readonly mayBeCut?: true;
}

/** So many rows are shown of a table that may have very many. */
export const ROWS_SHOWN_MAX = 1000;

const PAGE_ROWS = 50;
const CUT = "…";
/** What is left of a column that may be cut, on however narrow a terminal. */
const CUT_COLUMNS_MIN = 8;
const GAP = "  ";

/** No lines, only the gap between columns. */
const CHARACTERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: GAP,
};
const STYLE = { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true };

/** The lines of a table, heading first, each with its end; null: no terminal whose width matters. */
export function tableText(
  columns: readonly Column[],
  rows: ReadonlyArray<readonly string[]>,
  terminalColumns: number | null = null,
): string {
  const lines = [columns.map(({ heading }) => heading), ...rows];
  const widths = cutWidths(columns, widthsOf(columns, lines), terminalColumns);
  const pages: string[] = [];
  for (let start = 0; start < lines.length; start += PAGE_ROWS) {
    pages.push(pageText(columns, widths, lines.slice(start, start + PAGE_ROWS)));
  }
  return pages.join("");
}

function pageText(
  columns: readonly Column[],
  widths: readonly number[],
  lines: ReadonlyArray<readonly string[]>,
): string {
  const table = new Table({
    chars: CHARACTERS,
    style: STYLE,
    colWidths: [...widths],
    colAligns: columns.map(({ isNumber }) => (isNumber ? "right" : "left")),
  });
  table.push(
    ...lines.map((cells) => columns.map((_, index) => cutText(cells[index] ?? "", widths[index]))),
  );
  return table
    .toString()
    .split("\n")
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

/** As much of a text as stands in so many columns; that something is missing shows. */
function cutText(text: string, columns = 0): string {
  if (stringWidth(text) <= columns) {
    return text;
  }
  let cut = "";
  let width = stringWidth(CUT);
  for (const character of text) {
    width += stringWidth(character);
    if (width > columns) {
      break;
    }
    cut += character;
  }
  return cut + CUT;
}

function widthsOf(
  columns: readonly Column[],
  lines: ReadonlyArray<readonly string[]>,
): readonly number[] {
  return columns.map((_, index) =>
    lines.reduce((width, cells) => Math.max(width, stringWidth(cells[index] ?? "")), 0),
  );
}

/** What is too wide is taken from the columns that may be cut, the last one first. */
function cutWidths(
  columns: readonly Column[],
  widths: readonly number[],
  terminalColumns: number | null,
): readonly number[] {
  const cut = [...widths];
  const whole = cut.reduce((sum, width) => sum + width, GAP.length * (cut.length - 1));
  let excess = terminalColumns === null ? 0 : whole - terminalColumns;
  for (const [index, { mayBeCut }] of [...columns.entries()].toReversed()) {
    if (excess > 0 && mayBeCut) {
      const width = cut[index] ?? 0;
      const narrower = Math.max(Math.min(width, CUT_COLUMNS_MIN), width - excess);
      excess -= width - narrower;
      cut[index] = narrower;
    }
  }
  return cut;
}
