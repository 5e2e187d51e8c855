/**
 * Lines to what a terminal is sent for them: only lines that are not what they were. Pure, but that it remembers them.
 *
 * Each line is as wide as the screen and begins where it stands, so that nothing has to be erased.
 */
import { Chalk, type ChalkInstance } from "chalk";
import type { Line, Style } from "./screen_lines.ts";

/** The sixteen colours of any terminal; its user has chosen how they look. */
const SIXTEEN_COLOURS = 1;
const NO_COLOURS = 0;

export class Painter {
  readonly #paint: Readonly<Record<Style, ChalkInstance>>;
  #shown: readonly string[] = [];

  constructor(hasColours: boolean) {
    const chalk = new Chalk({ level: hasColours ? SIXTEEN_COLOURS : NO_COLOURS });
    this.#paint = {
      plain: chalk,
      good: chalk.green,
      doubtful: chalk.yellow,
      bad: chalk.red,
      quiet: chalk.cyan,
      title: chalk.inverse.bold,
      heading: chalk.bold,
      sorted: chalk.bold.cyan,
      selected: chalk.inverse,
      keys: chalk.inverse,
    };
  }

  /** What is to be sent so that these lines are shown, in place of those before. */
  changes(lines: readonly Line[]): string {
    const texts = lines.map((line) => this.#textOf(line));
    const changed = texts.flatMap((text, index) =>
      text === this.#shown[index] ? [] : [`\x1b[${index + 1};1H${text}`],
    );
    this.#shown = texts;
    return changed.join("");
  }

  /** Nothing of what was shown is left. */
  forget(): void {
    this.#shown = [];
  }

  #textOf(line: Line): string {
    return line.map(({ text, style }) => this.#paint[style](text)).join("");
  }
}
