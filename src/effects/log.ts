/**
 * The log, as Postfix's daemons have it: four severities, one line an event.
 *
 * Implementations never block, never throw for a log that is gone, and sanitise the text
 * (unprintable bytes become `?`). Text is in byte strings (see names/byte_string.ts) or plain ASCII.
 * `fatal` is not here: throw a Fatal.
 */
export interface Log {
  /** How often -v was given. 0: only what an operator must see. */
  readonly verbosity: number;
  info(text: string): void;
  warning(text: string): void;
  error(text: string): void;
}

/** The log, for what only an operator who gave -v wants to see: with `?.info(...)` behind it no text is put together otherwise. */
export function verbosely(log: Log): Log | null {
  return log.verbosity > 0 ? log : null;
}
