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

/** GitHub's Markdown. */
export function markdownTable(table: Table): string {
  const [head = [], ...rows] = align([table.head, ...table.rows]);
  const rule = head.map((cell, column) =>
    column === 0 ? "-".repeat(cell.length) : `${"-".repeat(cell.length - 1)}:`,
  );
  const lines = [head, rule, ...rows].map((line) => `| ${line.join(" | ")} |`);
  return [`**${table.title}**`, "", ...lines].join("\n");
}
