/**
 * The two ways in which set-up ends early, as errors: it refuses, or it was interrupted.
 *
 * Both end in one sentence on stderr and a non-zero status, never in a stack trace.
 */

/** What stands in the way is not set-up's to mend; the message is the one sentence that says what and why. */
export class Refusal extends Error {
  /** @override */
  name = "Refusal";
}

/** A signal asked set-up to stop. */
export class Interrupted extends Error {
  /** @override */
  name = "Interrupted";

  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`stopped by ${signal}`);
    this.signal = signal;
  }
}
