/**
 * Threads beside the main one, for work that takes more than one processor.
 *
 * Each runs a program of ours from its start; both sides send each other values, which are copied on the way, and
 * whose array buffers may be handed over in place of a copy. A thread that dies of an exception is a defect of ours.
 */

/** The other side of a thread. */
export interface ThreadPort {
  /** Sends a value; `handedOver` are buffers in it that the sender no longer has then. */
  send(value: unknown, handedOver?: readonly ArrayBufferLike[]): void;
}

/** A thread, as the main one sees it. */
export interface Thread extends ThreadPort {
  /** Ends it, whatever it does. */
  end(): void;
}

export interface Threads {
  /** Processors that this process may use. */
  readonly processorCount: number;
  /** Starts a thread, and says what becomes of what it sends, and of its death. */
  start(onValue: (value: unknown) => void, onDeath: (error: Error) => void): Thread;
  /** Lets the event loop turn: what threads have sent comes in meanwhile. */
  turn(): Promise<void>;
}
