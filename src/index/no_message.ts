/**
 * Stands for the message that a file in the deferred queue can't be read as, and says why it can't. Pure.
 */
export class NoMessage {
  /** In words for an operator: a byte string. */
  readonly why: string;
  /** The operating system objects: another time it may not. */
  readonly isRefused: boolean;

  constructor(why: string, isRefused = false) {
    this.why = why;
    this.isRefused = isRefused;
  }
}
