/**
 * A table in plain text, by cli-table3: columns as wide as their widest cell, two blanks between them, no lines. Pure.
 *
 * Cells are printable text, which may be coloured. A table is the same on a terminal and in a pipe, but that on a
 * terminal a column may be cut, and the last one may stand below the others where it would be cut to too little. The
 * library's work grows with the square of the number of rows and
 * with that of what it cuts: a table is made page by page, with columns of the same widths, and cut here. A row costs
 * 0.1 ms all the same, so that whoever may have very many shows the first ROWS_SHOWN_MAX.
 */
import type CliTable from "cli-table3";
import stringWidth from "string-width";
import { cutMiddle, cutText } from "./cut_text.ts";

/** A column: its heading, and where its cells stand. */
export interface Column {
  readonly heading: string;
  readonly isNumber?: true;
  /** Its text, which has no colours then, is cut where the table is wider than the terminal: at its end unless said. */
  readonly mayBeCut?: true | "in the middle";
  /** So much of it stays then, however narrow the terminal is. */
  readonly keepsColumns?: number;
  /** Of the last one: where that is too much, its cells stand in lines of their own, each below its row. */
  readonly mayStandBelow?: true;
}

/** So many rows are shown of a table that may have very many. */
export const ROWS_SHOWN_MAX = 1000;

const PAGE_ROWS = 50;
/** What is left of a column that may be cut, unless it says so itself. */
const CUT_COLUMNS_MIN = 8;
const GAP = "  ";
const BELOW_INDENT = "    ";

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
  if (
    terminalColumns !== null &&
    columns.at(-1)?.mayStandBelow &&
    tableWidth(widths) > terminalColumns
  ) {
    return textWithLastBelow(columns, rows, terminalColumns);
  }
  const pages: string[] = [];
  for (let start = 0; start < lines.length; start += PAGE_ROWS) {
    pages.push(pageText(columns, widths, lines.slice(start, start + PAGE_ROWS)));
  }
  return pages.join("");
}

function textWithLastBelow(
  columns: readonly Column[],
  rows: ReadonlyArray<readonly string[]>,
  terminalColumns: number,
): string {
  const last = columns.length - 1;
  const below = [columns[last]?.heading ?? "", ...rows.map((cells) => cells[last] ?? "")];
  const above = tableText(columns.slice(0, last), rows, terminalColumns).split("\n");
  const width = Math.max(CUT_COLUMNS_MIN, terminalColumns - BELOW_INDENT.length);
  return below
    .map((cell, index) => `${above[index]}\n${BELOW_INDENT}${cutText(cell, width)}\n`)
    .join("");
}

function pageText(
  columns: readonly Column[],
  widths: readonly number[],
  lines: ReadonlyArray<readonly string[]>,
): string {
  const Table = loadCliTable();
  const table = new Table({
    chars: CHARACTERS,
    style: STYLE,
    colWidths: [...widths],
    colAligns: columns.map(({ isNumber }) => (isNumber ? "right" : "left")),
  });
  table.push(
    ...lines.map((cells) =>
      columns.map(({ mayBeCut }, index) => {
        const cut = mayBeCut === "in the middle" ? cutMiddle : cutText;
        return cut(cells[index] ?? "", widths[index] ?? 0);
      }),
    ),
  );
  return table
    .toString()
    .split("\n")
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

function widthsOf(
  columns: readonly Column[],
  lines: ReadonlyArray<readonly string[]>,
): readonly number[] {
  return columns.map((_, index) =>
    lines.reduce((width, cells) => Math.max(width, stringWidth(cells[index] ?? "")), 0),
  );
}

function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}

/** What is too wide is taken from the columns that may be cut, the last one first. */
function cutWidths(
  columns: readonly Column[],
  widths: readonly number[],
  terminalColumns: number | null,
): readonly number[] {
  const cut = [...widths];
  let excess = terminalColumns === null ? 0 : tableWidth(cut) - terminalColumns;
  for (const [index, { mayBeCut, keepsColumns }] of [...columns.entries()].toReversed()) {
    if (excess > 0 && mayBeCut) {
      const width = cut[index] ?? 0;
      const kept = keepsColumns ?? CUT_COLUMNS_MIN;
      const narrower = Math.max(Math.min(width, kept), width - excess);
      excess -= width - narrower;
      cut[index] = narrower;
    }
  }
  return cut;
}

/** Loaded when it is first needed: for JSON nobody draws a table. */
function loadCliTable(): typeof CliTable {
  return require("cli-table3") as typeof CliTable;
}
