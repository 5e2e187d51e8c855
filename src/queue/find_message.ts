/**
 * Says in which queue a message is now. Looks, and changes nothing.
 *
 * One look can be wrong: the queue manager may move the message from a queue not yet looked at into
 * one already passed. "Gone" must rest on two looks some time apart (see flush/logfile_pass.ts). What is
 * in doubt counts as there (may_be_there.ts). Never throws OsError.
 */
import { hashedPathParts } from "../names/hashed_path.ts";
import type { QueueId } from "../names/names.ts";
import { mayBeThere } from "./may_be_there.ts";
import type { QueueTools } from "./queue_tools.ts";

/** In the order in which a message usually travels, so that a moving one is met rather than missed. */
const QUEUES = ["deferred", "incoming", "active", "hold"] as const;

/** The rest of the way for whoever has just seen, in this order, that a message is in neither of the first two. */
export const QUEUES_BEHIND_INCOMING = ["active", "hold"] as const;

/** Where messages wait for longer than a delivery takes. */
const WAITING_QUEUES = ["deferred", "hold"] as const;

/** The first queue in which the message is seen; null where it is in none of them. */
export function findMessage(
  tools: Pick<QueueTools, "files" | "hashing">,
  id: QueueId,
  queues: readonly (typeof QUEUES)[number][] = QUEUES,
): (typeof QUEUES)[number] | null {
  for (const queue of queues) {
    if (mayBeThere(tools.files, hashedPathParts(queue, id, tools.hashing))) {
      return queue;
    }
  }
  return null;
}

/**
 * Whether a message is in none of the queues, at one look, while the directories are there in which messages wait. Where one has
 * been moved aside, or its disk is not mounted, a message that is seen nowhere may be back with it. (An empty directory in its
 * place is not told from an empty queue.)
 */
export function isGone(tools: Pick<QueueTools, "files" | "hashing">, id: QueueId): boolean {
  return (
    findMessage(tools, id) === null &&
    WAITING_QUEUES.every((queue) => mayBeThere(tools.files, queue))
  );
}
