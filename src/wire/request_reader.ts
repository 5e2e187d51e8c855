/**
 * Reads one request from one connection: bytes in, a request or a named rejection out.
 *
 * Guarantees: no effects, no exceptions, at any chunking; work linear in the bytes; memory bounded by
 * REQUEST_BYTES_MAX. Does not judge what values mean: queue IDs and sites come as they were sent.
 *
 * Two forms. An *attribute list* is `name NUL value NUL` repeated, ended by an empty name. A *trigger*
 * is one word ended by NUL or by the end of input; master(8) and postkick(1) send `W` that way. As in
 * the original, the first bytes to arrive decide: up to two are a trigger, more are a list. So a
 * word whose first three bytes arrive together is read as a list, and rejected. Unlike the original,
 * which answers nothing then, a word that turns out to be `request` opens a list after all: what a client
 * writes may arrive in parts. The attributes of a request follow in either form.
 *
 * Requests of our own are read only from those who may ask them; to all others they are unknown from
 * their name on, so that nobody learns of them by asking. Another version than ours is status 3.
 *
 * Warnings, trace lines and answers are the original's, wherever it has any. What differs:
 * - End of input before any byte: a well-formed status 3, and a warning that always ends in
 *   `Application error`, where the original names whatever error came last in that process.
 * - Time-out within a trigger: neither answered nor executed. The original refreshes for a lone `W`;
 *   but nobody who means it waits an hour with the NUL, and who asks by half has not asked.
 * - A request over REQUEST_BYTES_MAX: status 3 and a warning. The original takes any length.
 *
 * A time-out within a list is not answered, as in the original: status 3 would tell the client that
 * it asked wrongly, a closed connection that the service failed and that asking again may help.
 */
import { type FlushRequest, STATUS, type Status } from "./request.ts";
import {
  REQUEST_ATTRIBUTE,
  REQUEST_VERSION,
  type RequestKind,
  requestKind,
  VERSION_ATTRIBUTE,
} from "./request_kinds.ts";
import { StringReader } from "./string_reader.ts";

/** What has become of the bytes so far. Warnings are texts for the log, without `warning: `. */
export type Reading =
  | { readonly kind: "more" }
  | {
      readonly kind: "request";
      readonly request: FlushRequest;
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: "rejected";
      /** Null: close without an answer. */
      readonly answer: Status | null;
      readonly warnings: readonly string[];
    };

/** What all readers of a server share. */
export interface RequestReaderOptions {
  /** How log lines name the peer: `flush socket`. */
  readonly peerName: string;
  /** Takes the lines that -v adds to the log. */
  readonly trace?: (text: string) => void;
}

/** Whose bytes are read. */
export interface Asker {
  /** Whether it may ask requests of our own; looked at once, and only where it has asked one. */
  readonly isTrusted: boolean;
}

/**
 * Longest request, in bytes, terminator included. A domain name has at most 253 bytes (in UTF-8 a
 * few times that), a queue ID 255; this is what the original's documents (not its code) allow a single
 * string: four times the default line_length_limit. Bytes behind the end of a request do not count.
 */
export const REQUEST_BYTES_MAX = 8192;

/** Up to this many bytes at first are a trigger: master(8) sends two, at times one after the other. */
const TRIGGER_BYTES_MAX = 2;

const LIST_TERMINATOR = "(list terminator)";
const MORE: Reading = { kind: "more" };
const NO_WARNINGS: readonly string[] = [];

/** Why there will be no more bytes. */
type Cut = "end" | "timeout";

export class RequestReader {
  readonly #peerName: string;
  readonly #asker: Asker;
  readonly #trace: ((text: string) => void) | undefined;
  readonly #strings = new StringReader(REQUEST_BYTES_MAX);
  readonly #values: string[] = [];
  /** What the next string is; "nothing" once the outcome is told. */
  #expecting: "first bytes" | "word" | "name" | "value" | "nothing" = "first bytes";
  #kind: RequestKind | null = null;

  constructor(options: RequestReaderOptions, asker: Asker) {
    this.#peerName = options.peerName;
    this.#asker = asker;
    this.#trace = options.trace;
  }

  /**
   * Takes in bytes as they come; they may be reused afterwards. Once a request or a rejection was
   * returned, by any method, whatever follows is ignored: every later call returns `more`.
   */
  push(bytes: Uint8Array): Reading {
    if (this.#expecting === "nothing" || bytes.length === 0) {
      return MORE;
    }
    if (this.#expecting === "first bytes") {
      this.#expecting = bytes.length <= TRIGGER_BYTES_MAX ? "word" : "name";
    }
    this.#strings.push(bytes);
    const reading = this.#readStrings();
    if (reading === null) {
      this.#strings.hold();
      return MORE;
    }
    return this.#settle(reading);
  }

  /** The peer has shut down writing. */
  end(): Reading {
    return this.#cutOff("end");
  }

  /** The peer has kept silent for as long as it may. */
  timedOut(): Reading {
    return this.#cutOff("timeout");
  }

  #readStrings(): Reading | null {
    for (let text = this.#strings.next(); text !== null; text = this.#strings.next()) {
      const reading = this.#accept(text);
      if (reading !== null) {
        return reading;
      }
    }
    return this.#strings.full
      ? rejected(STATUS.bad, [
          `request too long from ${this.#peerName}: no end within ${REQUEST_BYTES_MAX} bytes`,
        ])
      : null;
  }

  #accept(text: string): Reading | null {
    if (this.#expecting === "value") {
      return this.#acceptValue(text);
    }
    if (this.#expecting === "word" && text !== REQUEST_ATTRIBUTE) {
      return this.#choose(text);
    }
    return this.#acceptName(text);
  }

  #acceptName(name: string): Reading | null {
    const kind = this.#kind;
    const wanted = this.#wanted();
    this.#traceWanted();
    this.#trace?.(`input attribute name: ${orEnd(name)}`);
    if (kind !== null && this.#values.length === kind.attributes.length) {
      return this.#complete(kind, name === "" ? NO_WARNINGS : [this.#unexpected(name)]);
    }
    if (name === "") {
      return rejected(STATUS.bad, [`missing attribute ${wanted} in input from ${this.#peerName}`]);
    }
    if (name !== wanted) {
      return rejected(STATUS.bad, [this.#unexpected(name)]);
    }
    this.#expecting = "value";
    return null;
  }

  #acceptValue(value: string): Reading | null {
    this.#trace?.(`input attribute value: ${orEnd(value)}`);
    this.#expecting = "name";
    if (this.#kind === null) {
      return this.#choose(value);
    }
    if (this.#wanted() === VERSION_ATTRIBUTE && value !== REQUEST_VERSION) {
      return rejected(STATUS.bad, [this.#wrongVersion(this.#kind, value)]);
    }
    this.#values.push(value);
    return null;
  }

  /** Chooses the kind of request; null when its attributes are to follow. */
  #choose(wireName: string): Reading | null {
    const kind = this.#known(wireName);
    if (kind === undefined) {
      return rejected(null, NO_WARNINGS);
    }
    this.#kind = kind;
    this.#expecting = "name";
    return kind.attributes.length === 0 ? this.#complete(kind, NO_WARNINGS) : null;
  }

  /** The kind of that name, if the peer may know of it. */
  #known(wireName: string): RequestKind | undefined {
    const kind = requestKind(wireName);
    return kind?.isReserved && !this.#asker.isTrusted ? undefined : kind;
  }

  #complete(kind: RequestKind, warnings: readonly string[]): Reading {
    return { kind: "request", request: kind.build(...this.#values), warnings };
  }

  /** The attribute wanted next, or what stands for the end of the list. */
  #wanted(): string {
    return this.#kind === null
      ? REQUEST_ATTRIBUTE
      : (this.#kind.attributes[this.#values.length] ?? LIST_TERMINATOR);
  }

  #cutOff(cause: Cut): Reading {
    switch (this.#expecting) {
      case "nothing":
        return MORE;
      case "first bytes":
        return this.#settle(rejected(STATUS.bad, [this.#noBytes(cause)]));
      case "word":
        return this.#settle(this.#cutOffWord(cause));
      default:
        return this.#settle(this.#cutOffList(cause));
    }
  }

  #noBytes(cause: Cut): string {
    return cause === "end"
      ? `end-of-input while reading request from ${this.#peerName}: Application error`
      : `timeout while waiting for data from ${this.#peerName}`;
  }

  #cutOffWord(cause: Cut): Reading {
    const word = this.#strings.rest();
    if (word.length > TRIGGER_BYTES_MAX && REQUEST_ATTRIBUTE.startsWith(word)) {
      this.#expecting = "name";
      return this.#cutOffList(cause);
    }
    if (cause === "timeout") {
      return rejected(null, NO_WARNINGS);
    }
    return this.#choose(word) ?? rejected(STATUS.bad, NO_WARNINGS);
  }

  #cutOffList(cause: Cut): Reading {
    const answer = cause === "end" ? STATUS.bad : null;
    const isWithinString = this.#strings.rest() !== "";
    const isValue = this.#expecting === "value";
    // Between the kind and its attributes the original looks for input, and is silent if there is none.
    if (!isWithinString && !isValue && this.#values.length === 0) {
      return rejected(answer, NO_WARNINGS);
    }
    if (!isValue) {
      this.#traceWanted();
    }
    const where = `while reading input attribute ${isValue ? "value" : "name"}`;
    if (isWithinString) {
      return rejected(answer, [`unexpected end-of-input from ${this.#peerName} ${where}`]);
    }
    const what = cause === "end" ? "premature end-of-input" : "timeout";
    return rejected(answer, [`${what} on ${this.#peerName} ${where}`]);
  }

  #wrongVersion(kind: RequestKind, value: string): string {
    const what = `version ${value} of request ${kind.wireNames[0]}`;
    return `unsupported ${what} from ${this.#peerName} (expecting: ${REQUEST_VERSION})`;
  }

  #unexpected(name: string): string {
    return `unexpected attribute ${name} from ${this.#peerName} (expecting: ${this.#wanted()})`;
  }

  #traceWanted(): void {
    this.#trace?.(`${this.#peerName}: wanted attribute: ${this.#wanted()}`);
  }

  #settle(reading: Reading): Reading {
    this.#expecting = "nothing";
    this.#strings.clear();
    return reading;
  }
}

function rejected(answer: Status | null, warnings: readonly string[]): Reading {
  return { kind: "rejected", answer, warnings };
}

/** How trace lines show a string. */
function orEnd(text: string): string {
  return text === "" ? "(end)" : text;
}
