/**
 * Being told to stop: Ctrl-C at the terminal, or SIGTERM.
 *
 * While somebody listens, the process is not ended by it: whoever listens ends what it does. Otherwise it is.
 */
export interface Interrupts {
  /** Calls `run` each time, until canceled. */
  listen(run: () => void): { cancel(): void };
}
