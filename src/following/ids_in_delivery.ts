/**
 * The queue IDs of messages that Postfix is delivering now: in incoming, where they wait for their turn, or in active.
 * Directories are listed, and no message is read. What can't be listed is passed over. Changes nothing.
 */
import type { Files } from "../effects/files.ts";
import { parseQueueId } from "../names/names.ts";
import { QueueIdSet } from "../names/queue_id_set.ts";
import { listMessages } from "../queue/list_messages.ts";

/** Lists them; returns what says whether a message is among them. */
export function idsInDelivery(files: Files): (queueId: string) => boolean {
  const ids = new QueueIdSet();
  // In the order in which a message travels: one that moves meanwhile is seen twice rather than never.
  for (const queue of ["incoming", "active"] as const) {
    for (const listed of listMessages(queue, { files }, () => {})) {
      for (const id of listed) {
        ids.add(id);
      }
    }
  }
  return (queueId) => {
    const id = parseQueueId(queueId);
    return id !== null && ids.has(id);
  };
}
