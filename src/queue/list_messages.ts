/**
 * Lists the messages of a queue by their IDs, a few at a time. What is guaranteed, and how it fails: see
 * names/list_names.ts.
 */
import type { Files } from "../effects/files.ts";
import type { OsError } from "../effects/os_error.ts";
import { listNames } from "../names/list_names.ts";
import { parseQueueId, type QueueId } from "../names/names.ts";

/** Yields batches of queue IDs, so that the caller can do other work between two of them. */
export function listMessages(
  files: Files,
  queue: "deferred",
  unreadable: (path: string, error: OsError) => void,
): Generator<readonly QueueId[], void, void> {
  return listNames(queue, { files, parse: parseQueueId, unreadable });
}
