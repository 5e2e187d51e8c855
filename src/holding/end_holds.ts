/**
 * Ends timed holds: releases what is on hold by them and nothing else, when their time has come; and forgets them where
 * somebody has released or deleted their messages before.
 */
import type { QueueId } from "../names/names.ts";
import { type ChangeTools, changeMessages } from "./change_messages.ts";
import { stillHeld, targetOf } from "./held_state.ts";
import type { HoldFolder } from "./hold_folder.ts";
import type { TimedHold } from "./timed_holds.ts";

/** What came of the holds of a queue whose time has come. */
export interface Ended {
  readonly releasedCount: number;
  /** Messages that are not on hold by them any more: released, deleted, or put on hold by somebody since. */
  readonly forgottenCount: number;
  /** They are still on hold, and kept. */
  readonly failedCount: number;
  readonly trouble: readonly string[];
}

const NOTHING: Ended = { releasedCount: 0, forgottenCount: 0, failedCount: 0, trouble: [] };

/** Releases what is due in a queue. Throws HoldFault, and OsError where postsuper can't be started. */
export async function endHolds(
  tools: ChangeTools,
  folder: HoldFolder,
  queueDirectory: string,
  nowSeconds: number,
): Promise<Ended> {
  return await folder.withLock(async () => {
    const kept = folder.read(queueDirectory);
    const due = [...(kept?.holds.values() ?? [])].filter((hold) => hold.untilSeconds <= nowSeconds);
    if (kept === null || due.length === 0) {
      return NOTHING;
    }
    const held = stillHeld(tools, due);
    const dueIds = new Set(due.map(({ queueId }) => queueId));
    const holds = new Map([...kept.holds].filter(([id]) => !dueIds.has(id) || held.has(id)));
    let releasedCount = 0;
    let leftCount = 0;
    const trouble = await changeMessages(tools, "release", [...held.values()].map(targetOf), {
      shouldStop: () => false,
      onOutcome: ({ queueId }, outcome) => {
        if (outcome !== "failed") {
          holds.delete(queueId);
          releasedCount += outcome === "done" ? 1 : 0;
          leftCount += outcome === "done" ? 0 : 1;
        }
      },
    });
    folder.write({ ...kept, holds });
    return {
      releasedCount,
      forgottenCount: due.length - held.size + leftCount,
      failedCount: held.size - releasedCount - leftCount,
      trouble,
    };
  });
}

/** Forgets the holds of these messages, which have been released or deleted. Throws HoldFault. */
export async function forgetHolds(
  folder: HoldFolder,
  queueDirectory: string,
  ids: ReadonlySet<QueueId>,
): Promise<void> {
  const isKept = ({ queueId }: TimedHold): boolean => ids.has(queueId);
  if (!folder.read(queueDirectory)?.holds.values().some(isKept)) {
    return;
  }
  await folder.withLock(async () => {
    const kept = folder.read(queueDirectory);
    if (kept !== null) {
      const holds = new Map([...kept.holds].filter(([id]) => !ids.has(id)));
      folder.write({ ...kept, holds });
    }
  });
}
