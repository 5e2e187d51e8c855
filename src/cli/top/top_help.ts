/**
 * The keys of `fastflush top`, for its own help and for the command's. Pure.
 */

const KEYS: ReadonlyArray<readonly [keys: string, does: string]> = [
  ["up, down, k, j", "select; PgUp, PgDn, Home, End: farther"],
  ["Enter", "open the destination: its messages, the oldest 1,000"],
  ["q, Esc", "back; from the list of destinations q quits"],
  ["/", "filter as you type; Enter keeps it, Esc clears it"],
  ["s, >, <", "sort by the next column, or the one before it"],
  ["r", "the other way round"],
  ["b", "by site, parent domain or relay"],
  ["S", "release what is selected, behind a preview and a question"],
  ["W", "the same, and wait for what becomes of it"],
  ["p", "pause; space looks at the queue now"],
  ["?, h", "these keys"],
];

const WIDTH = Math.max(...KEYS.map(([keys]) => keys.length));
const KEY_LINES = KEYS.map(([keys, does]) => `${keys.padEnd(WIDTH)}  ${does}`);

/** A line each. */
export const HELP_LINES: readonly string[] = [
  ...KEY_LINES,
  "",
  "IN and OUT: messages a minute that came into the deferred queue, and left it,",
  "over the last minute. One that is deferred again is neither.",
];

/** A section of the help. */
export const KEYS_TEXT = `\nKeys:\n${KEY_LINES.map((line) => `  ${line}\n`).join("")}`;
