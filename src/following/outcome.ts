/**
 * What became of the recipients of one message: puts together what the queue says and what the log says. Pure.
 *
 * The queue decides who still waits; the log, what became of those who don't. Where it has no line for one, that
 * one has "left", and nobody claims to know more.
 */
import type { QueueId } from "../names/names.ts";
import type { DeliveryLine } from "./log_line.ts";
import type { WaitingRecipient } from "./read_waiting.ts";

/** What became of a recipient of a released message. */
export type Outcome =
  | "delivered"
  /** Given up, and returned to the sender. */
  | "bounced"
  /** Tried, and deferred again. */
  | "deferred"
  /** No longer in the queue: delivered, bounced, or taken out by an operator; no line of the log says which. */
  | "left"
  /** Somebody has put it on hold. */
  | "held"
  /** Still on its way when the following ended. */
  | "trying";

/** The same, with all that is known of it. Byte strings; empty: not known. */
export interface RecipientOutcome {
  readonly queueId: QueueId;
  readonly address: string;
  readonly site: string;
  readonly outcome: Outcome;
  /** DSN status, as in `4.4.1`. */
  readonly status: string;
  readonly reason: string;
  /** Where it was tried. */
  readonly relay: string;
}

/** A recipient that waited when the message was released. */
export type ReleasedRecipient = Pick<WaitingRecipient, "address" | "site">;

/** What is known of a message that is no longer tried. */
export interface Ending {
  readonly queueId: QueueId;
  readonly released: readonly ReleasedRecipient[];
  /** The last line of each recipient, by `addressKey`. */
  readonly lines: ReadonlyMap<string, DeliveryLine>;
  /** Who wasn't delivered was given up, as it was in the queue for too long. */
  readonly isExpired: boolean;
  /** Who waits in the deferred queue. */
  readonly waiting: readonly WaitingRecipient[];
  /** What those are of whom nothing is known. */
  readonly otherwise: Outcome;
  /** Destination of an address. */
  readonly siteOf: (address: string) => string;
}

/** The outcomes, and whether nothing is missing. */
export interface Resolution {
  readonly outcomes: readonly RecipientOutcome[];
  /** The log has a line for each recipient that doesn't wait. */
  readonly isComplete: boolean;
}

/** The form in which addresses are compared: the log has `?` for what can't be printed, and case is free. */
export function addressKey(address: string): string {
  return address.replace(/[^\x20-\x7e]/g, "?").toLowerCase();
}

/** Says what became of each recipient. */
export function resolve(ending: Ending): Resolution {
  const { queueId, released, lines, waiting, isExpired, siteOf } = ending;
  const outcomes: RecipientOutcome[] = waiting.map((recipient) =>
    deferredAgain(queueId, recipient, lines.get(addressKey(recipient.address))),
  );
  const waitingKeys = new Set(waiting.map(({ address }) => addressKey(address)));
  const settledKeys = new Set(waitingKeys);
  const unknown: ReleasedRecipient[] = [];
  for (const recipient of released) {
    const key = addressKey(recipient.address);
    const last = lastWord(lines.get(key), isExpired);
    if (waitingKeys.has(key)) {
      waitingKeys.delete(key);
    } else if (last === null) {
      unknown.push(recipient);
    } else {
      outcomes.push({ queueId, ...recipient, ...last });
      settledKeys.add(key);
    }
  }
  // A recipient may be tried under another address than it had when it was released.
  unknown.splice(0, waitingKeys.size);
  for (const [key, line] of lines) {
    const last = settledKeys.has(key) ? null : lastWord(line, isExpired);
    if (last !== null) {
      outcomes.push({ queueId, address: line.address, site: siteOf(line.address), ...last });
      unknown.shift();
    }
  }
  const isComplete = unknown.length === 0 && outcomes.length > 0;
  const rest = outcomes.length + unknown.length === 0 ? [{ address: "", site: "" }] : unknown;
  for (const recipient of rest) {
    outcomes.push({ queueId, ...recipient, ...unsettled(ending, recipient) });
  }
  return { outcomes, isComplete };
}

function deferredAgain(
  queueId: QueueId,
  { address, site, status, reason }: WaitingRecipient,
  line: DeliveryLine | undefined,
): RecipientOutcome {
  const last = line?.outcome === "deferred" ? line : undefined;
  return {
    queueId,
    address,
    site,
    outcome: "deferred",
    status: status || (last?.status ?? ""),
    reason: reason || (last?.response ?? ""),
    relay: last?.relay ?? "",
  };
}

type Words = Omit<RecipientOutcome, "queueId" | "address" | "site">;

/** What a line says for good; null: nothing. */
function lastWord(line: DeliveryLine | undefined, isExpired: boolean): Words | null {
  if (line === undefined || (line.outcome === "deferred" && !isExpired)) {
    return null;
  }
  const { status, relay, response } = line;
  return line.outcome === "deferred"
    ? { outcome: "bounced", status, relay, reason: `too long in the queue: ${response}` }
    : { outcome: line.outcome, status, relay, reason: response };
}

function unsettled({ otherwise, isExpired }: Ending, { address }: ReleasedRecipient): Words {
  const nothing = { status: "", reason: "", relay: "" };
  return isExpired && address !== ""
    ? { ...nothing, outcome: "bounced", reason: "too long in the queue" }
    : { ...nothing, outcome: otherwise };
}
