/**
 * Lists the messages of a queue by their IDs, a few at a time. What is guaranteed: see names/list_names.ts. A
 * directory that can't be read, the queue's own too, is reported and passed over.
 */
import type { Files } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import { listNames } from "../names/list_names.ts";
import { parseQueueId, type QueueId } from "../names/names.ts";

/** Yields batches of queue IDs, so that the caller can do other work between two of them. */
export function* listMessages(
  queue: "deferred" | "hold" | "incoming" | "active",
  { files }: { readonly files: Files },
  unreadable: (path: string, error: OsError) => void,
): Generator<readonly QueueId[], void, void> {
  try {
    yield* listNames(queue, { files, parse: parseQueueId, unreadable });
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    unreadable(queue, caught);
  }
}
