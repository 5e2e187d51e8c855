/**
 * Reads the lines of the mail log that tell what became of a message. Pure.
 *
 * Lines are written by strangers in part: the address by whoever sent the message, the response by the server that
 * it went to. A line is taken apart from its left, each part by its own syntax, so that neither can pose as
 * another part; what fits no part is no line of ours. Each step is linear in the line's length. All text is byte
 * strings. Whether the line is to be believed is the caller's to decide: anybody who may write to the log may write
 * such lines, so that what a queue says counts for more.
 */
import { parseQueueId, type QueueId } from "../names/names.ts";

/** What became of one recipient, for now. */
export interface DeliveryLine {
  readonly kind: "delivery";
  readonly queueId: QueueId;
  /** As delivery was tried. */
  readonly address: string;
  /** Where it was tried; `none`: nowhere. */
  readonly relay: string;
  /** DSN status, as in `4.4.1`. */
  readonly status: string;
  readonly outcome: "delivered" | "bounced" | "deferred";
  /** What is said of it: mostly the other server's answer. */
  readonly response: string;
}

/** What the log tells of a message. */
export type LogEvent =
  | DeliveryLine
  /** It was in the queue for too long: who still waited is given up. */
  | { readonly kind: "expired"; readonly queueId: QueueId }
  /** It has left the queue. */
  | { readonly kind: "removed"; readonly queueId: QueueId };

/** A line of Postfix's, taken apart. */
export interface LogLine {
  /** The host that wrote it, as the line has it. */
  readonly host: string;
  /** What comes in front of the program's name: `postfix`, unless syslog_name says otherwise. */
  readonly system: string;
  readonly event: LogEvent;
}

/** `Nov  6 09:42:17 ` or `2026-11-26T09:42:17.123456+00:00 `, the host, `postfix/smtp[123]: `, the queue ID, `: `. */
const BEGINNING =
  /^(?:[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[-+:.0-9Z]{8,30}) ([!-~]{1,255}) ([!-Z\\^-~]{1,255})\/[a-z-]{1,64}\[[0-9]{1,10}\]: ([A-Za-z0-9]{1,255}): /;

/** An address between `<` and `>`: a local part in quotes may hold anything, one without neither quotes nor `>`. */
const ADDRESS = '<((?:"(?:[^"\\\\]|\\\\.)*")?[^<>"\\s]*)>';

const DELIVERY = new RegExp(
  `^to=${ADDRESS}, (?:orig_to=${ADDRESS}, )?relay=([^\\s,]{1,512}), (?:conn_use=[0-9]+, )?delay=[-+.e0-9]+, ` +
    // From Postfix 3.11 on it says how TLS was used: `tls=may:none`.
    "delays=[-+./e0-9]+, (?:tls=[^\\s,]{1,512}, )?dsn=([0-9]\\.[0-9]{1,3}\\.[0-9]{1,3}), status=([a-z]+) \\((.*)$",
);

const EXPIRED = new RegExp(`^from=${ADDRESS}, status=(?:force-)?expired, returned to sender$`);

const OUTCOMES: ReadonlyMap<string, DeliveryLine["outcome"]> = new Map([
  ["sent", "delivered"],
  ["bounced", "bounced"],
  ["expired", "bounced"],
  ["deferred", "deferred"],
]);

/** Takes a line apart, without its end; null: it tells of no message, or nothing of use here. */
export function parseLogLine(line: string): LogLine | null {
  const match = BEGINNING.exec(line);
  const queueId = parseQueueId(match?.[3] ?? "");
  if (match === null || queueId === null) {
    return null;
  }
  const [beginning, host = "", system = ""] = match;
  const event = eventOf(queueId, line.slice(beginning.length));
  return event === null ? null : { host, system, event };
}

function eventOf(queueId: QueueId, text: string): LogEvent | null {
  if (text === "removed") {
    return { kind: "removed", queueId };
  }
  if (text.startsWith("from=")) {
    return EXPIRED.test(text) ? { kind: "expired", queueId } : null;
  }
  const match = DELIVERY.exec(text);
  const outcome = OUTCOMES.get(match?.[5] ?? "");
  if (match === null || outcome === undefined) {
    return null;
  }
  const [, address = "", , relay = "", status = "", , rest = ""] = match;
  // A line that was too long for the log has no end.
  const response = rest.endsWith(")") ? rest.slice(0, -1) : rest;
  return { kind: "delivery", queueId, address, relay, status, outcome, response };
}
