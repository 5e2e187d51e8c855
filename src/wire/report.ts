/**
 * The reply to a request of our own: a *report*, written piece by piece and read as it comes.
 *
 * A report is a stream of attribute lists (`name NUL value NUL` repeated, ended by an empty name): any
 * number of *items*, whose first attribute is `item` with the kind as its value, then one list that begins
 * with `status` as in the original's reply, and goes on with totals. Pure.
 *
 * Guarantees: whatever is encoded here is read back as it was, but for what a value can't hold: a NUL
 * becomes `?`, and what is longer than VALUE_BYTES_MAX is cut. Reading takes any chunking, work linear in the
 * bytes and memory bounded by LIST_BYTES_MAX (beside the chunk); what is malformed is a value, never an
 * exception. Does not judge which kinds, names and values there are: later versions may add some.
 */
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { parseStatus } from "./reply.ts";
import type { Status } from "./request.ts";

/** An attribute to be written: the value is a byte string, or a number in decimal. */
export type Pair = readonly [name: string, value: string | number];

/** Attributes that were read, in their order, without the list's first one. */
type Attributes = ReadonlyMap<string, string>;

/** A part of a report that was read. Nothing comes behind `end` and `malformed`. */
export type ReportPart =
  | { readonly kind: "item"; readonly item: string; readonly attributes: Attributes }
  /** Mostly a `Status`; a service of another version may know others. */
  | { readonly kind: "end"; readonly status: number; readonly totals: Attributes }
  | { readonly kind: "malformed"; readonly why: string };

/** Longest value, in bytes: a hundred addresses, each as long as they may be, take half of it. */
export const VALUE_BYTES_MAX = 65_536;

/** Longest list, in bytes, terminator included: room for seven values of the longest kind. */
export const LIST_BYTES_MAX = 524_288;

const ITEM_ATTRIBUTE = "item";
const STATUS_ATTRIBUTE = "status";
const CUT_MARK = "...";

/** One item; `pairs` have each name once. A bad attribute name, or more than LIST_BYTES_MAX, is a bug, and throws. */
export function encodeItem(kind: string, pairs: readonly Pair[]): Uint8Array {
  return encodeList([[ITEM_ATTRIBUTE, kind], ...pairs]);
}

/** The end of a report. Throws as `encodeItem` does. */
export function encodeEnd(status: Status, totals: readonly Pair[]): Uint8Array {
  return encodeList([[STATUS_ATTRIBUTE, status >>> 0], ...totals]);
}

function encodeList(pairs: readonly Pair[]): Uint8Array {
  let text = "";
  for (const [name, value] of pairs) {
    if (name === "" || name.includes("\0")) {
      throw new RangeError(`encode report: bad attribute name ${JSON.stringify(name)}`);
    }
    text += `${name}\0${encodeValue(String(value))}\0`;
  }
  text += "\0";
  if (text.length > LIST_BYTES_MAX) {
    throw new RangeError(`encode report: a list of ${text.length} bytes`);
  }
  return stringToBytes(text);
}

function encodeValue(value: string): string {
  const text = value.replaceAll("\0", "?");
  return text.length > VALUE_BYTES_MAX
    ? text.slice(0, VALUE_BYTES_MAX - CUT_MARK.length) + CUT_MARK
    : text;
}

/** Reads one report, from the bytes behind the service's greeting. */
export class ReportReader {
  /** Finished strings of the unfinished list: names and values in turn. */
  #strings: string[] = [];
  /** What has come of the unfinished string. */
  #rest = "";
  /** Bytes of the unfinished list. */
  #listBytes = 0;
  #isOver = false;

  /** The end has been read, or something malformed: whatever follows is ignored. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes in bytes as they come, and tells what they complete. */
  push(bytes: Uint8Array): readonly ReportPart[] {
    const parts: ReportPart[] = [];
    const text = bytesToString(bytes);
    for (let start = 0; start < text.length && !this.#isOver; ) {
      const nul = text.indexOf("\0", start);
      const end = nul < 0 ? text.length : nul;
      const part = this.#take(text.slice(start, end), nul >= 0);
      if (part !== null) {
        this.#isOver = part.kind !== "item";
        parts.push(part);
      }
      start = end + 1;
    }
    return parts;
  }

  #take(piece: string, isFinished: boolean): ReportPart | null {
    this.#rest += piece;
    this.#listBytes += piece.length + (isFinished ? 1 : 0);
    if (this.#listBytes > LIST_BYTES_MAX) {
      return this.#complete({ kind: "malformed", why: `no end within ${LIST_BYTES_MAX} bytes` });
    }
    if (!isFinished) {
      return null;
    }
    const string = this.#rest;
    this.#rest = "";
    const isName = this.#strings.length % 2 === 0;
    if (isName && string === "") {
      return this.#complete(readList(this.#strings));
    }
    this.#strings.push(string);
    return null;
  }

  #complete(part: ReportPart): ReportPart {
    this.#strings = [];
    this.#rest = "";
    this.#listBytes = 0;
    return part;
  }
}

function readList(strings: readonly string[]): ReportPart {
  const [first, value = "", ...others] = strings;
  const attributes = new Map<string, string>();
  for (let index = 0; index < others.length; index += 2) {
    attributes.set(others[index] ?? "", others[index + 1] ?? "");
  }
  if (attributes.size * 2 !== others.length) {
    return { kind: "malformed", why: "an attribute comes twice" };
  }
  if (first === ITEM_ATTRIBUTE) {
    return { kind: "item", item: value, attributes };
  }
  const status = first === STATUS_ATTRIBUTE ? parseStatus(value) : null;
  return status === null
    ? { kind: "malformed", why: `neither ${ITEM_ATTRIBUTE} nor ${STATUS_ATTRIBUTE}` }
    : { kind: "end", status, totals: attributes };
}
