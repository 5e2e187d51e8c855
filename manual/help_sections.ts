/**
 * What a command's `--help` says behind its options, taken apart: examples, exit statuses, single paragraphs. Pure.
 *
 * Throws Error where the help has a shape that nobody reckoned with: the page would lack it otherwise.
 */
import type { Command } from "commander";

/** A line of a section: the two columns. */
type HelpRow = readonly [what: string, means: string];

/** A heading with what stands below it. */
export interface HelpSection {
  readonly heading: string;
  /** None: the heading is a sentence that stands alone. */
  readonly rows: readonly HelpRow[];
}

/** Two columns stand at least so far apart. */
const ROW = /^ {2}(\S.*?) {2,}(\S.*)$/;

/** What is said behind the options of this command. */
export function helpSections(command: Command): HelpSection[] {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  const after = help.slice(command.helpInformation().length);
  return after
    .split("\n\n")
    .map((block) => block.split("\n").filter((line) => line !== ""))
    .filter((lines) => lines.length > 0)
    .map(sectionOf);
}

function sectionOf([heading = "", ...lines]: readonly string[]): HelpSection {
  const rows = lines.map((line): HelpRow => {
    const [, what, means] = ROW.exec(line) ?? [];
    if (what === undefined || means === undefined) {
      throw new Error(`not two columns in a help text: ${JSON.stringify(line)}`);
    }
    return [what, means];
  });
  return { heading, rows };
}
