/**
 * A table in plain text: columns as wide as their widest cell, two blanks between them. Pure.
 *
 * Cells are printable text. No colours and no lines, so that it is the same on a terminal and in a pipe.
 */

/** A column: its heading, and where its cells stand. */
interface Column {
  readonly heading: string;
  readonly isNumber?: true;
}

const GAP = "  ";

/** The lines of a table, heading first, each with its end. */
export function tableText(
  columns: readonly Column[],
  rows: ReadonlyArray<readonly string[]>,
): string {
  const lines = [columns.map(({ heading }) => heading), ...rows];
  const widths = columns.map((_, index) =>
    lines.reduce((width, cells) => Math.max(width, widthOf(cells[index] ?? "")), 0),
  );
  return lines
    .map((cells) => {
      const padded = columns.map(({ isNumber }, index) => {
        const cell = cells[index] ?? "";
        const padding = " ".repeat((widths[index] ?? 0) - widthOf(cell));
        return isNumber ? padding + cell : cell + padding;
      });
      return `${padded.join(GAP).trimEnd()}\n`;
    })
    .join("");
}

/** In characters: exact for what most addresses consist of. */
function widthOf(text: string): number {
  return [...text].length;
}
