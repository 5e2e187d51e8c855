/**
 * main.cf: its text into a table of raw values (postconf(5), "main.cf file format").
 *
 * Values are kept as they stand; see expand.ts for `$name`. Of several entries with one name the last
 * wins, and a warning tells of it. A line without name or `=` is fatal. What stands behind a NUL in a
 * logical line does not count, as in the original, whose lines are C strings.
 */
import { Fatal } from "../effects/fatal.ts";
import type { Log } from "../effects/log.ts";
import { readLogicalLines, type UsableLine } from "./logical_lines.ts";
import { splitNameValue } from "./name_value.ts";

/**
 * Enters what `text` says into `values`, by name, over what is there. `path` is for messages only.
 * Throws Fatal, warns through `log`.
 */
export function parseMainCf(
  path: string,
  text: string,
  values: Map<string, string>,
  log: Log,
): void {
  for (const line of readLogicalLines(path, text, log)) {
    enter(path, line, values, log);
  }
}

function enter(path: string, line: UsableLine, values: Map<string, string>, log: Log): void {
  const split = splitNameValue(line.text);
  if (typeof split === "string") {
    throw new Fatal(`${path}, line ${line.lineNumber}: ${split}: "${line.text}"`);
  }
  const { name, value } = split;
  const earlier = values.get(name);
  if (earlier !== undefined && earlier !== value) {
    const where = `${path}, line ${line.lineNumber}`;
    log.warning(`${where}: overriding earlier entry: ${name}=${earlier}`);
  }
  values.set(name, value);
}
