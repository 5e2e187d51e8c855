/**
 * Reads who waits in a message, and why: its queue file, and its defer file.
 *
 * A recipient is told under each address that was tried for it, or under its own where nothing is known of a try.
 * Postfix may move the files meanwhile: "absent" then. Never throws OsError, changes nothing.
 */
import type { Files } from "../effects/files.ts";
import { type HashingRules, hashedPath } from "../names/hashed_path.ts";
import type { QueueId } from "../names/names.ts";
import { readDeferFile } from "../queue/defer_file.ts";
import { findMessage } from "../queue/find_message.ts";
import { readQueueFile } from "../queue/queue_file.ts";
import type { NotRead } from "../queue/read_file.ts";
import { waitingRecipients } from "../queue/waiting_recipients.ts";

/** A recipient that waits. All text is byte strings, empty where nothing is known. */
export interface WaitingRecipient {
  readonly address: string;
  /** The destination, in the form in which destinations are compared; empty: it has none. */
  readonly site: string;
  /** DSN status. */
  readonly status: string;
  readonly reason: string;
}

/** A message that waits. */
export interface WaitingMessage {
  readonly kind: "read";
  readonly queueId: QueueId;
  readonly sender: string;
  readonly arrivalSeconds: number;
  readonly sizeBytes: number;
  readonly recipients: readonly WaitingRecipient[];
}

/** What is needed to read the queue. */
export interface ReadingTools {
  readonly files: Files;
  readonly hashing: HashingRules;
  /** The destination of an address. */
  readonly siteOf: (address: string) => string;
}

/** Reads a message that is looked for in `queue`. */
export function readWaiting(
  { files, hashing, siteOf }: ReadingTools,
  queue: "deferred" | "incoming" | "active" | "hold",
  queueId: QueueId,
): WaitingMessage | NotRead {
  const message = readQueueFile(files, hashedPath(queue, queueId, hashing));
  if (message.kind !== "read") {
    return message;
  }
  const tries = readDeferFile(files, queueId, hashing);
  const entries = tries.kind === "read" ? tries.entries : [];
  const recipients = waitingRecipients(message.recipients, entries).map(
    ({ address, status, reason }) => ({ address, site: siteOf(address), status, reason }),
  );
  const { kind, sender, arrivalSeconds, sizeBytes } = message;
  return { kind, queueId, sender, arrivalSeconds, sizeBytes, recipients };
}

/** A message wherever it is. "gone": it is in none of the queues. */
export type Queued =
  | {
      readonly queue: "deferred" | "incoming" | "active" | "hold";
      /** Null: it can't be read. */
      readonly message: WaitingMessage | null;
    }
  | "gone";

/** So often a message that moves meanwhile is looked for again. */
const LOOKS_MAX = 3;

/** Whether a message is in none of the queues. */
export function isNowhere(tools: Pick<ReadingTools, "files" | "hashing">, id: QueueId): boolean {
  for (let look = 1; look <= LOOKS_MAX; look++) {
    if (findMessage(tools, id) !== null) {
      return false;
    }
  }
  return true;
}

/** Looks for a message in the queues, and reads it. */
export function readQueued(tools: ReadingTools, queueId: QueueId): Queued {
  for (let look = 1; ; look++) {
    const queue = findMessage(tools, queueId);
    const reading = queue === null ? null : readWaiting(tools, queue, queueId);
    if (queue !== null && reading !== null && reading.kind !== "absent") {
      return { queue, message: reading.kind === "read" ? reading : null };
    }
    if (look === LOOKS_MAX) {
      return "gone";
    }
  }
}
