/**
 * Finds the mail for some destinations that Postfix is delivering now: in incoming, where it waits for its turn, or
 * in active. Who looks for deferred mail alone would take it for gone.
 *
 * Looks at no more than LOOKED_AT_MAX messages, and says whether these were all. What can't be read is passed over.
 * Other events of this process get their turn meanwhile. Never throws OsError, changes nothing.
 */
import type { Clock } from "../effects/clock.ts";
import type { QueueId } from "../names/names.ts";
import { findMessage } from "../queue/find_message.ts";
import { listMessages } from "../queue/list_messages.ts";
import { FOLLOWED_MAX, type ReleasedMessage } from "./following.ts";
import type { ReleasedRecipient } from "./outcome.ts";
import { type ReadingTools, readWaiting } from "./read_waiting.ts";

/** As many as the queue manager has in active (qmgr_message_active_limit): 2 s of work. */
export const LOOKED_AT_MAX = 20_000;

/** So many messages are read before other events of this process get their turn. */
const READ_AT_ONCE = 200;

/** What is being delivered. */
export interface InDelivery {
  /** With those who wait, to any destination; of very many, without. */
  readonly messages: Map<QueueId, ReleasedMessage>;
  /** All were looked at. */
  readonly isComplete: boolean;
}

/** Finds messages that have a recipient who waits at a destination that is meant; without those that are passed over. */
export async function findInDelivery(
  tools: ReadingTools & { readonly clock: Clock },
  isMeant: (site: string) => boolean,
  isPassedOver: (id: QueueId) => boolean,
): Promise<InDelivery> {
  const messages = new Map<QueueId, ReleasedMessage>();
  let lookCount = 0;
  let weight = 0;
  // In the order in which a message travels: one that moves meanwhile is seen twice rather than never.
  for (const queue of ["incoming", "active"] as const) {
    for (const id of idsIn(queue, tools)) {
      if (lookCount === LOOKED_AT_MAX) {
        return { messages, isComplete: false };
      }
      if (++lookCount % READ_AT_ONCE === 0) {
        await new Promise<void>((resolve) => tools.clock.nextTurn(resolve));
      }
      const reading = isPassedOver(id) ? null : readWaiting(tools, queue, id);
      if (reading?.kind === "read" && reading.recipients.some(({ site }) => isMeant(site))) {
        weight += reading.recipients.length;
        const recipients = weight > FOLLOWED_MAX ? [] : reading.recipients;
        messages.set(id, releasedMessage(id, reading.arrivalSeconds, recipients));
      }
    }
  }
  return { messages, isComplete: true };
}

/** A message that is being delivered, with those who wait; null: it is in neither queue, or can't be read. */
export function messageInDelivery(tools: ReadingTools, id: QueueId): ReleasedMessage | null {
  for (const queue of ["incoming", "active"] as const) {
    const reading = readWaiting(tools, queue, id);
    if (reading.kind === "read") {
      return releasedMessage(id, reading.arrivalSeconds, reading.recipients);
    }
  }
  return null;
}

/** Whether a message is on hold, and in no other queue. */
export function isOnHold(tools: Pick<ReadingTools, "files" | "hashing">, id: QueueId): boolean {
  return findMessage(tools, id) === "hold";
}

function releasedMessage(
  queueId: QueueId,
  arrivalSeconds: number,
  recipients: readonly ReleasedRecipient[],
): ReleasedMessage {
  const named = recipients.map(({ address, site }) => ({ address, site }));
  return { queueId, arrivalSeconds, recipients: named };
}

function* idsIn(queue: "incoming" | "active", tools: ReadingTools): Generator<QueueId> {
  for (const ids of listMessages(queue, tools, () => {})) {
    yield* ids;
  }
}
