/** How all three shells learn of the sites that have deferred mail. */

/** More than anybody looks through. */
const SITES_MAX = 500;

/** Who presses a key is not kept waiting by a long queue without an index. */
const LIMIT_SECONDS = 2;

/**
 * A pipeline that prints them, a line each. `where` is what the shell puts the options before the command's name in.
 *
 * Strangers choose the names, shells take some characters for more than names, and fastflush takes what begins with a dash
 * for an option: only plain ones are let through.
 */
export function sitesCommand(where: string): string {
  const list = `timeout ${LIMIT_SECONDS} fastflush ${where} list --json --limit ${SITES_MAX} 2>/dev/null`;
  const names = `sed -n 's/^{"item":"destination","name":"\\([A-Za-z0-9_][A-Za-z0-9._-]*\\)".*/\\1/p'`;
  return `${list} | ${names}`;
}
