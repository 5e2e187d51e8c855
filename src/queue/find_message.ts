/**
 * Says in which queue a message is now. Looks, and changes nothing.
 *
 * One look can be wrong: the queue manager may move the message from a queue not yet looked at into
 * one already passed. "Gone" must rest on two looks some time apart (see flush/logfile_pass.ts). A
 * file that can't be looked at for another reason than being absent counts as there: what is in doubt
 * is never taken for gone. Never throws OsError.
 */
import { errorCode } from "../effects/os_error.ts";
import { hashedPath } from "../names/hashed_path.ts";
import type { QueueId } from "../names/names.ts";
import type { QueueTools } from "./queue_tools.ts";

/** In the order in which a message usually travels, so that a moving one is met rather than missed. */
const QUEUES = ["deferred", "incoming", "active", "hold"] as const;

/** The first queue in which the message is seen; null where it is in none of them. */
export function findMessage(
  tools: Pick<QueueTools, "files" | "hashing">,
  id: QueueId,
): (typeof QUEUES)[number] | null {
  for (const queue of QUEUES) {
    try {
      tools.files.statusOf(hashedPath(queue, id, tools.hashing));
      return queue;
    } catch (caught) {
      const code = errorCode(caught);
      if (code === "") {
        throw caught;
      }
      if (code !== "ENOENT") {
        return queue;
      }
    }
  }
  return null;
}
