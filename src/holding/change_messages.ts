/**
 * Holds, releases or deletes messages that were chosen before: just those, and tells what came of each.
 *
 * A message is looked at once more before postsuper(1) is asked for it, since Postfix uses queue IDs again: one that
 * arrived at another time is another message, and left alone. Between that look and postsuper's own lie milliseconds.
 * Only the queue in which a message was seen is named to postsuper, so that one that is being delivered meanwhile is
 * left to Postfix. Goes in batches: between two of them the work can be ended. Throws OsError where postsuper can't be
 * started, and else nothing.
 */
import type { Programs } from "../effects/programs.ts";
import type { ReadingTools } from "../following/read_waiting.ts";
import { hashedPath } from "../names/hashed_path.ts";
import type { QueueId } from "../names/names.ts";
import { findMessage } from "../queue/find_message.ts";
import { mayBeThere } from "../queue/may_be_there.ts";
import { readQueueFile } from "../queue/queue_file.ts";
import { type Change, runPostsuper, type SourceQueue } from "./postsuper.ts";

/** Some 0.1 s of postsuper's work: as long as Ctrl-C may have to wait. */
const BATCH_MESSAGES = 500;

/** A message that was chosen. */
export interface Target {
  readonly queueId: QueueId;
  readonly queue: SourceQueue;
  /** Null: it could not be read, and was named by its ID. */
  readonly arrivalSeconds: number | null;
}

/**
 * What came of a message. `moved`: it is in another queue than it was seen in; `replaced`: its ID is another message's
 * by now; `gone`: it is in no queue; `failed`: it is where it was.
 */
export type ChangeOutcome = "done" | "moved" | "replaced" | "gone" | "failed";

/** What it takes to change messages of an instance. */
export interface ChangeTools extends Pick<ReadingTools, "files" | "hashing"> {
  readonly programs: Programs;
  readonly configDirectory: string;
}

/** How it is done. */
export interface ChangeHow {
  /** Is told each message, once; those that were done, at once behind their batch. */
  readonly onOutcome: (target: Target, outcome: ChangeOutcome) => void;
  /** Asked between two batches. */
  readonly shouldStop: () => boolean;
}

/** What postsuper has said beside what it did, a line each; nothing where all went well. */
export async function changeMessages(
  tools: ChangeTools,
  change: Change,
  targets: readonly Target[],
  how: ChangeHow,
): Promise<readonly string[]> {
  const trouble: string[] = [];
  for (const [queue, ofQueue] of Map.groupBy(targets, (target) => target.queue)) {
    for (let start = 0; start < ofQueue.length && trouble.length === 0; start += BATCH_MESSAGES) {
      if (how.shouldStop()) {
        return trouble;
      }
      const batch = ofQueue.slice(start, start + BATCH_MESSAGES);
      trouble.push(...(await changeBatch(tools, change, queue, batch, how)));
    }
  }
  return trouble;
}

async function changeBatch(
  tools: ChangeTools,
  change: Change,
  queue: SourceQueue,
  batch: readonly Target[],
  { onOutcome }: ChangeHow,
): Promise<readonly string[]> {
  const asked: Target[] = [];
  for (const target of batch) {
    const objection = objectionTo(tools, target);
    if (objection === null) {
      asked.push(target);
    } else {
      onOutcome(target, objection);
    }
  }
  if (asked.length === 0) {
    return [];
  }
  const ids = asked.map(({ queueId }) => queueId);
  const { done, trouble } = await runPostsuper(tools, change, queue, ids);
  for (const target of asked) {
    const isThere = mayBeThere(tools.files, pathOf(tools, target));
    const isDone = done.has(target.queueId) && !isThere;
    onOutcome(target, isDone ? "done" : isThere ? "failed" : whereabouts(tools, target));
  }
  return trouble;
}

/** Why postsuper isn't asked for a message; null: it is. */
function objectionTo(tools: ChangeTools, target: Target): ChangeOutcome | null {
  const reading = readQueueFile(tools.files, pathOf(tools, target));
  if (reading.kind === "absent") {
    return whereabouts(tools, target);
  }
  if (target.arrivalSeconds === null) {
    return null;
  }
  if (reading.kind !== "read") {
    return "failed";
  }
  return reading.arrivalSeconds === target.arrivalSeconds ? null : "replaced";
}

function whereabouts(tools: ChangeTools, { queueId }: Target): ChangeOutcome {
  return findMessage(tools, queueId) === null ? "gone" : "moved";
}

function pathOf({ hashing }: ChangeTools, { queue, queueId }: Target): string {
  return hashedPath(queue, queueId, hashing);
}
