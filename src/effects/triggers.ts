/**
 * Waking the queue manager.
 *
 * `wake` hands over request letters (`F` flush dead destinations, `I` scan incoming, ...), all in one
 * write, and returns at once. It never fails towards its caller: mail that was moved is found by the
 * queue manager's own scans too; what an operator should know is logged by the implementation.
 */
export interface QueueManager {
  wake(letters: string): void;
  /** Resolves when every wake-up so far was handed over or given up: before that, don't exit. */
  settled(): Promise<void>;
}
