/**
 * What the demonstration prints: steps with their time, tables, dialogues.
 *
 * At a terminal with colours; into a pipe or a file as plain text, without escape sequences (and so at a
 * terminal where NO_COLOR is set, https://no-color.org). Lines are written at once, never redrawn.
 */

/** Select graphic rendition (ECMA-48): the few that are used. */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 } as const;

type Style = keyof typeof STYLES;

/** Texts stand right of the time column. */
const INDENT = " ".repeat(11);

/** What the screen needs from outside. */
export interface ScreenTools {
  readonly write: (text: string) => void;
  readonly coloured: boolean;
  /** Milliseconds, monotonic. */
  readonly now_ms: () => number;
}

/** Standard output, as the story sees it. */
export class Screen {
  readonly #start_ms: number;

  constructor(private readonly tools: ScreenTools) {
    this.#start_ms = tools.now_ms();
  }

  /** What the program is, once. */
  title(text: string): void {
    this.tools.write(`\n${this.#styled("bold", text)}\n`);
  }

  /** A step begins. */
  step(text: string): void {
    this.tools.write(`\n${this.#time()}  ${this.#styled("bold", text)}\n`);
  }

  /** A step did what it says. */
  done(text: string): void {
    this.tools.write(`${this.#time()}  ${this.#styled("green", "ok")} ${text}\n`);
  }

  /** A step did not do what it says, or something else went wrong. */
  failed(text: string): void {
    const [first = "", ...more] = text.split("\n");
    this.tools.write(`${this.#time()}  ${this.#styled("red", "FAILED")} ${first}\n`);
    this.lines(more);
  }

  /** Details below a step. */
  lines(texts: readonly string[]): void {
    for (const text of texts) {
      this.tools.write(`${INDENT}${text}\n`);
    }
  }

  /** An SMTP dialogue: the server's lines (`S: `) and the client's (`C: `). */
  dialogue(transcript: readonly string[]): void {
    this.lines(
      transcript.map((line) => (line.startsWith("C: ") ? this.#styled("cyan", line) : line)),
    );
  }

  /** Rows below a head; columns as wide as they must be, numbers to the right. */
  table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    const widths = head.map((name, column) =>
      Math.max(name.length, ...rows.map((row) => String(row[column] ?? "").length)),
    );
    const line = (row: readonly (string | number)[]): string =>
      widths
        .map((width, column) => {
          const cell = row[column] ?? "";
          return typeof cell === "number" ? String(cell).padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd();
    const isNumber = (column: number): boolean => typeof rows[0]?.[column] === "number";
    const names = head.map((name, column) =>
      isNumber(column) ? name.padStart(widths[column] ?? 0) : name,
    );
    this.lines([
      this.#styled("bold", line(names)),
      this.#styled("dim", widths.map((width) => "-".repeat(width)).join("  ")),
    ]);
    this.lines(rows.map(line));
  }

  /** Milliseconds since the beginning. */
  elapsed_ms(): number {
    return this.tools.now_ms() - this.#start_ms;
  }

  #time(): string {
    return this.#styled("dim", `${(this.elapsed_ms() / 1000).toFixed(2).padStart(7)} s`);
  }

  #styled(style: Style, text: string): string {
    return this.tools.coloured ? `\x1b[${STYLES[style]}m${text}\x1b[0m` : text;
  }
}
