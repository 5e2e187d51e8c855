/**
 * Tables as text: aligned for a terminal, or as Markdown.
 */

/** Rows have as many cells as the head. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: ReadonlyArray<readonly string[]>;
}

/** Columns as wide as their widest cell; the first to the left, the others, which are figures, to the right. */
function align(lines: ReadonlyArray<readonly string[]>): string[][] {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines.map((line) =>
    line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    ),
  );
}

/** For a terminal. */
export function plainTable(table: Table): string {
  const lines = align([table.head, ...table.rows]).map((line) => line.join("  ").trimEnd());
  return [table.title, ...lines].join("\n");
}

function markdownRow(cells: readonly string[]): string {
  return `|${cells.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`;
}

/** GitHub's Markdown, not padded: whoever reads its source is not to need lines of 300 columns. */
export function markdownTable({ title, head, rows }: Table): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [`**${title}**`, "", ...[head, rule, ...rows].map(markdownRow)].join("\n");
}
