/**
 * The reply to a request: an attribute list of one number, both ways.
 *
 * Numbers travel unsigned, in 32 bits: status -1 is sent as 4294967295, and read back as -1. Pure;
 * a malformed reply is a value, never an exception.
 */
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { STATUS, type Status } from "./request.ts";

/** What the bytes of a reply say so far. */
type ReplyReading =
  | { readonly kind: "more" }
  /** Mostly a `Status`; a service of another version may know others. */
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "malformed" };

const LIST_TERMINATOR = "\0\0";
const REPLY_SYNTAX = /^status\0([^\0]*)\0\0/;
const STATUS_SYNTAX = /^[0-9]{1,10}$/;
const UINT32_MAX = 0xffffffff;

/** The longest reply there can be; whoever sends more without an end sends no reply. */
const REPLY_BYTES_MAX = `status\0${UINT32_MAX}${LIST_TERMINATOR}`.length;

const REPLIES = {
  [STATUS.fail]: replyBytes(STATUS.fail),
  [STATUS.ok]: replyBytes(STATUS.ok),
  [STATUS.bad]: replyBytes(STATUS.bad),
  [STATUS.deny]: replyBytes(STATUS.deny),
} satisfies Record<Status, Uint8Array>;

const MORE: ReplyReading = { kind: "more" };
const MALFORMED: ReplyReading = { kind: "malformed" };

/** The reply for a status: shared bytes, made once, not to be changed. */
export function encodeStatus(status: Status): Uint8Array {
  return REPLIES[status];
}

/** Reads a reply from all bytes that came behind the greeting; what follows the reply is ignored. */
export function decodeReply(bytes: Uint8Array): ReplyReading {
  const text = bytesToString(bytes.subarray(0, REPLY_BYTES_MAX));
  if (!text.includes(LIST_TERMINATOR)) {
    return text.length < REPLY_BYTES_MAX ? MORE : MALFORMED;
  }
  const status = parseStatus(REPLY_SYNTAX.exec(text)?.[1] ?? "");
  return status === null ? MALFORMED : { kind: "status", status };
}

/** A status as it travels; null where the text is none. */
export function parseStatus(text: string): number | null {
  const value = STATUS_SYNTAX.test(text) ? Number(text) : Number.NaN;
  return value <= UINT32_MAX ? value | 0 : null;
}

function replyBytes(status: Status): Uint8Array {
  return stringToBytes(`status\0${status >>> 0}${LIST_TERMINATOR}`);
}
