/**
 * The one client of stand-alone mode: it writes to our standard input and reads our standard output,
 * be they one socket or two pipes. Reading waits, as there is nobody else to serve.
 */
export interface StandardStream {
  /** The next bytes; none at the end of input; null when nothing came for `timeoutMs`. */
  read(timeoutMs: number): Uint8Array | null;
  /** False: the reader is gone. */
  write(bytes: Uint8Array): boolean;
}
