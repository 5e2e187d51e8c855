/**
 * "Ours to die of": a condition in which the process must not go on, such as a broken main.cf.
 *
 * Whoever finds it throws a Fatal with the text of the log line; only the program's outermost frame
 * catches it, logs one `fatal:` line, waits a second (so that master(8) does not restart in a tight
 * loop) and exits with status 1. Never used for what a peer or a single file did wrong.
 */
export class Fatal extends Error {
  override readonly name = "Fatal";
}
