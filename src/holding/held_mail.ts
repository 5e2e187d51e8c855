/**
 * All mail that is on hold, a message at a time. Changes nothing, and throws nothing but what the caller is told of.
 *
 * The hold queue is listed and read anew each time. Messages that come or go meanwhile are in it or not.
 */
import type { OsError } from "../effects/os_error.ts";
import { type ReadingTools, readWaiting, type WaitingMessage } from "../following/read_waiting.ts";
import { listMessages } from "../queue/list_messages.ts";

/** Messages on hold. `unreadable` is told of files and directories that can't be read: the path, and why. */
export function* heldMail(
  tools: ReadingTools,
  unreadable: (path: string, why: string) => void,
): Generator<WaitingMessage, void, void> {
  const onError = (path: string, error: OsError): void => unreadable(path, error.text);
  for (const ids of listMessages("hold", tools, onError)) {
    for (const id of ids) {
      const message = readWaiting(tools, "hold", id);
      if (message.kind === "read") {
        yield message;
      } else if (message.kind === "unreadable") {
        unreadable(`hold/${id}`, message.why);
      }
    }
  }
}
