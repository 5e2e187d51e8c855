/**
 * Compares what is kept of a timed hold with the queue: whether the message is still on hold by it. Changes nothing.
 */
import type { FileStatus } from "../effects/files.ts";
import { errorCode } from "../effects/os_error.ts";
import { hashedPath } from "../names/hashed_path.ts";
import type { QueueId } from "../names/names.ts";
import type { ChangeTools, Target } from "./change_messages.ts";
import type { SourceQueue } from "./postsuper.ts";
import type { TimedHold } from "./timed_holds.ts";

type QueueTools = Pick<ChangeTools, "files" | "hashing">;

/** Of a message's file in a queue; null: it is not there, or can't be looked at. */
export function statusIn(
  { files, hashing }: QueueTools,
  queue: SourceQueue,
  id: QueueId,
): FileStatus | null {
  try {
    return files.statusOf(hashedPath(queue, id, hashing));
  } catch (caught) {
    if (errorCode(caught) === "") {
      throw caught;
    }
    return null;
  }
}

/**
 * The hold as it is now; null: the message is not on hold, or somebody has released it and put it on hold once more, or
 * its ID is another message's. One that was about to be put on hold when its command was killed, and is, counts as held.
 */
function asItIs(tools: QueueTools, hold: TimedHold): TimedHold | null {
  const status = statusIn(tools, "hold", hold.queueId);
  if (status === null || status.inode !== hold.inode) {
    return null;
  }
  if (hold.heldNs === null) {
    return { ...hold, heldNs: status.ctimeNs };
  }
  return status.ctimeNs === hold.heldNs ? hold : null;
}

/** Those that still are on hold by what is kept. */
export function stillHeld(tools: QueueTools, holds: Iterable<TimedHold>): Map<QueueId, TimedHold> {
  const held = new Map<QueueId, TimedHold>();
  for (const hold of holds) {
    const now = asItIs(tools, hold);
    if (now !== null) {
      held.set(now.queueId, now);
    }
  }
  return held;
}

/** The message, to be taken out of hold. */
export function targetOf({ queueId, arrivalSeconds }: TimedHold): Target {
  return { queueId, queue: "hold", arrivalSeconds };
}
