/**
 * What one process has released, as its calls tell, and whether the queue manager knows.
 */
import type { FaultPoint } from "../../src/memory/faults.ts";
import type { Message } from "./step.ts";

export class Releases {
  /** Messages that were made due in deferred, and not yet seen in incoming. */
  readonly #madeDue = new Set<Message>();
  #owesWakeUp = false;

  /** Mail was moved, and the queue manager has not been woken since. */
  get owesWakeUp(): boolean {
    return this.#owesWakeUp;
  }

  /** The queue manager was woken. */
  woken(letters: string): void {
    this.#owesWakeUp &&= !letters.includes("I");
  }

  /**
   * Whether a call that has succeeded released the message: it was moved to incoming, made due there, or
   * found there when somebody else had moved it after it was made due.
   */
  note(message: Message, operation: FaultPoint["operation"], path: string): boolean {
    const isIncoming = path.startsWith("incoming/");
    if (operation === "setTimes" && !isIncoming) {
      this.#madeDue.add(message);
    }
    const isLook = operation === "isThere" || operation === "statusOf";
    const isFound = isLook && isIncoming && this.#madeDue.has(message);
    const isReleased =
      operation === "rename" || (operation === "setTimes" && isIncoming) || isFound;
    if (isReleased) {
      this.#madeDue.delete(message);
    }
    this.#owesWakeUp ||= operation === "rename";
    return isReleased;
  }
}
