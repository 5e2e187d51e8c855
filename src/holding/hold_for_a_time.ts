/**
 * Puts messages on hold until a time, and keeps which: before postsuper(1) is asked, and once more when it has answered.
 *
 * However the process ends, what is on hold by it is known: an entry that was kept before and of which nobody heard
 * afterwards counts as held if its message is on hold (held_state.ts). A message that is on hold for a time already keeps
 * the later end; one that is on hold otherwise is not touched. Throws HoldFault, before anything is put on hold, and
 * OsError where postsuper can't be started.
 */
import type { QueueId } from "../names/names.ts";
import {
  type ChangeHow,
  type ChangeOutcome,
  type ChangeTools,
  changeMessages,
  type Target,
} from "./change_messages.ts";
import { statusIn, stillHeld } from "./held_state.ts";
import { HoldFault, type HoldFolder } from "./hold_folder.ts";
import type { QueueHolds, TimedHold } from "./timed_holds.ts";

/** What is to be on hold. */
export interface HoldOrder {
  readonly queueDirectory: string;
  /** Deferred messages. */
  readonly targets: readonly Target[];
  /** Of those that are on hold for a time already: whether their end is to be no sooner either. */
  readonly isMeant: (id: QueueId) => boolean;
  /** Null: until somebody releases them. */
  readonly untilSeconds: number | null;
  /** It is kept what is going to be on hold for a time: called before any of it is. */
  readonly onKept: () => Promise<void>;
}

/** What came of it. */
export interface HeldForATime {
  /** So many that were on hold for a time stay on hold for longer. */
  readonly extendedCount: number;
  readonly trouble: readonly string[];
  /** What postsuper has done could not be kept: what was kept before counts, and so it is still known what is on hold. */
  readonly fault: HoldFault | null;
}

/** Without a time, messages are put on hold as they would be by postsuper alone, and none has an end any more. */
export async function holdMessages(
  tools: ChangeTools,
  folder: HoldFolder,
  order: HoldOrder,
  how: ChangeHow,
): Promise<HeldForATime> {
  const { untilSeconds } = order;
  if (untilSeconds === null && folder.read(order.queueDirectory) === null) {
    const trouble = await changeMessages(tools, "hold", order.targets, how);
    return { extendedCount: 0, trouble, fault: null };
  }
  return await folder.withLock(async () => {
    const kept = folder.read(order.queueDirectory)?.holds.values() ?? [];
    const holds = stillHeld(tools, kept);
    const extendedCount = extend(holds, order);
    if (untilSeconds !== null) {
      addPending(tools, holds, order.targets, untilSeconds);
    }
    const asKept: QueueHolds = {
      configDirectory: tools.configDirectory,
      queueDirectory: order.queueDirectory,
      holds,
    };
    folder.write(asKept);
    if (untilSeconds !== null && holds.size > 0) {
      await order.onKept();
    }
    let trouble: readonly string[] = [];
    let fault: HoldFault | null = null;
    try {
      trouble = await changeMessages(tools, "hold", order.targets, noteOutcomes(tools, holds, how));
    } finally {
      forgetPending(holds);
      fault = faultOfWrite(folder, asKept);
    }
    return { extendedCount, trouble, fault };
  });
}

function faultOfWrite(folder: HoldFolder, holds: QueueHolds): HoldFault | null {
  try {
    folder.write(holds);
    return null;
  } catch (caught) {
    if (!(caught instanceof HoldFault)) {
      throw caught;
    }
    return caught;
  }
}

/** Returns how many have a later end now, or none. */
function extend(
  holds: Map<QueueId, TimedHold>,
  { isMeant, untilSeconds }: Pick<HoldOrder, "isMeant" | "untilSeconds">,
): number {
  let count = 0;
  for (const [id, hold] of holds) {
    if (isMeant(id) && (untilSeconds === null || untilSeconds > hold.untilSeconds)) {
      count++;
      if (untilSeconds === null) {
        holds.delete(id);
      } else {
        holds.set(id, { ...hold, untilSeconds });
      }
    }
  }
  return count;
}

/** One that can't be looked at, or whose arrival isn't known, is not put on hold: `noteOutcomes` would not know it. */
function addPending(
  tools: ChangeTools,
  holds: Map<QueueId, TimedHold>,
  targets: readonly Target[],
  untilSeconds: number,
): void {
  for (const { queueId, queue, arrivalSeconds } of targets) {
    const status = statusIn(tools, queue, queueId);
    if (status !== null && arrivalSeconds !== null) {
      const { inode } = status;
      holds.set(queueId, { queueId, inode, arrivalSeconds, untilSeconds, heldNs: null });
    }
  }
}

/** Enters what postsuper has done. */
function noteOutcomes(
  tools: ChangeTools,
  holds: Map<QueueId, TimedHold>,
  { onOutcome, shouldStop }: ChangeHow,
): ChangeHow {
  const note = ({ queueId }: Target, outcome: ChangeOutcome): void => {
    const hold = holds.get(queueId);
    if (hold?.heldNs !== null) {
      return;
    }
    const status = outcome === "done" ? statusIn(tools, "hold", queueId) : null;
    if (status?.inode === hold.inode) {
      holds.set(queueId, { ...hold, heldNs: status.ctimeNs });
    } else {
      holds.delete(queueId);
    }
  };
  return {
    shouldStop,
    onOutcome: (target, outcome) => {
      note(target, outcome);
      onOutcome(target, outcome);
    },
  };
}

/** Those that postsuper was not asked for. */
function forgetPending(holds: Map<QueueId, TimedHold>): void {
  for (const [id, { heldNs }] of holds) {
    if (heldNs === null) {
      holds.delete(id);
    }
  }
}
