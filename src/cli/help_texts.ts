/**
 * What the help texts of several commands have in common. Pure.
 */

/** Arguments of commander's `option`. */
export const JSON_OPTION = [
  "--json",
  "print JSON, an object a line, as in docs/COMMAND.md",
] as const;

/** A section of examples, each with what it does. */
export function examples(rows: ReadonlyArray<readonly [line: string, does: string]>): string {
  const width = Math.max(...rows.map(([line]) => line.length));
  const lines = rows.map(([line, does]) => `  ${line.padEnd(width)}  ${does}\n`);
  return `\nExamples:\n${lines.join("")}`;
}
