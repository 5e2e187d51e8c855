/**
 * A client of ours: one request on one connection, sent and read in a manner of its own.
 *
 * It acts in turns of the process that it asks, as input does that an event loop meets. What the service writes
 * is noted at the moment at which it writes.
 */
import type { Clock } from "../../src/effects/clock.ts";
import type { PeerConnection } from "../../src/effects/peers.ts";
import type { MemoryPeer, MemoryPeers } from "../../src/memory/peers.ts";
import { bytesToString, stringToBytes } from "../../src/names/byte_string.ts";
import { encodeRequest } from "../../src/wire/encode_request.ts";
import { GREETING } from "../../src/wire/greeting.ts";
import { decodeReply } from "../../src/wire/reply.ts";
import type { FlushRequest } from "../../src/wire/request.ts";
import type { FaultKind } from "./tally.ts";

/** How a client goes about it. `cut`: so many bytes are sent at first. */
export type Manner =
  | { readonly is: "prompt" }
  | { readonly is: "in pieces"; readonly cut: number; readonly ms: number }
  /** The rest never comes. */
  | { readonly is: "stalls"; readonly cut: number }
  /** Null: it never reads on. */
  | { readonly is: "stops reading"; readonly roomBytes: number; readonly ms: number | null }
  | { readonly is: "vanishes"; readonly cut: number; readonly ms: number }
  | { readonly is: "gone before it is greeted" };

/** What a slow client may make a process keep: a report's offers (report_writer.ts), and a reserve. */
const WAITING_BYTES_MAX = 1_200_000;

/** Replies are the first bytes; of a report no more is looked at. */
const NOTED_LENGTH_MAX = 1000;

const GREETING_TEXT = bytesToString(GREETING);

/** Who wants to know what becomes of it. */
export interface ClientWatcher {
  met(kind: FaultKind): void;
  charge(what: string): void;
}

export class Client {
  readonly request: FlushRequest;
  readonly manner: Manner;
  readonly #watcher: ClientWatcher;
  readonly #text: string;
  #written = "";
  #isAnswered = false;
  #peer: MemoryPeer | null = null;
  #isGone = false;

  constructor(request: FlushRequest, manner: Manner, watcher: ClientWatcher) {
    this.request = request;
    this.manner = manner;
    this.#watcher = watcher;
    this.#text = bytesToString(encodeRequest(request));
  }

  /** Nobody waits for anything any more: an answer, or the end of the connection. */
  get isServed(): boolean {
    return this.#isGone || this.#peer?.isClosed === true;
  }

  /** Its request may be executed: it was there to be greeted. */
  get mayBeServed(): boolean {
    return this.manner.is !== "gone before it is greeted";
  }

  /** It may run out of time before all of its request is sent. */
  get mayBeCutShort(): boolean {
    return "cut" in this.manner;
  }

  /** Connects, and begins to send. Throws ECONNREFUSED. */
  connect(peers: MemoryPeers, clock: Clock): void {
    const { manner } = this;
    if (manner.is === "gone before it is greeted") {
      this.#peer = peers.connectVanished();
      this.#vanish();
      this.#send(this.#text);
      return;
    }
    const peer = peers.connect();
    this.#peer = peer;
    if (manner.is === "stops reading") {
      peer.pause(manner.roomBytes);
      if (manner.ms !== null) {
        clock.after(manner.ms, () => peer.readOn());
      }
    }
    const cut = "cut" in manner ? manner.cut : this.#text.length;
    this.#send(this.#text.slice(0, cut));
    this.#goOn(clock, cut);
  }

  /** The service's end of its connection, with everything noted that is written; a dead process writes nothing. */
  watched(
    connection: PeerConnection,
    isAlive: () => boolean,
    onAnswer: (status: number) => void,
  ): PeerConnection {
    return {
      get isBehind() {
        return connection.isBehind;
      },
      write: (bytes) => isAlive() && this.#note(bytes, connection, onAnswer),
      close: () => connection.close(),
      abort: () => connection.abort(),
      credentials: () => connection.credentials(),
    };
  }

  #goOn(clock: Clock, cut: number): void {
    const { manner } = this;
    if (manner.is === "in pieces") {
      clock.after(manner.ms, () => this.#send(this.#text.slice(cut)));
    } else if (manner.is === "vanishes") {
      clock.after(manner.ms, () => this.#vanish());
    } else if (manner.is === "stalls" && cut < this.#text.length) {
      this.#watcher.met("peer stalls");
    }
  }

  #send(text: string): void {
    if (text !== "") {
      this.#peer?.send(text);
    }
  }

  #vanish(): void {
    if (!this.isServed) {
      this.#watcher.met("peer vanishes");
      this.#isGone = true;
      if (this.mayBeServed) {
        this.#peer?.vanish();
      }
    }
  }

  #note(
    bytes: Uint8Array,
    connection: PeerConnection,
    onAnswer: (status: number) => void,
  ): boolean {
    const isTaken = connection.write(bytes);
    if (isTaken && this.#written.length < NOTED_LENGTH_MAX) {
      this.#written += bytesToString(bytes);
      this.#readReply(onAnswer);
    }
    if (connection.isBehind) {
      this.#watcher.met("peer stops reading");
      const { waitingBytes } = this.#peer ?? { waitingBytes: 0 };
      if (waitingBytes > WAITING_BYTES_MAX) {
        this.#watcher.charge(`I8: ${waitingBytes} bytes wait for one client`);
      }
    }
    return isTaken;
  }

  #readReply(onAnswer: (status: number) => void): void {
    if (this.#isAnswered) {
      return;
    }
    if (!GREETING_TEXT.startsWith(this.#written.slice(0, GREETING_TEXT.length))) {
      this.#watcher.charge(`I7: ${JSON.stringify(this.#written)} is no greeting`);
    }
    if (this.#written.length <= GREETING_TEXT.length) {
      return;
    }
    const reading = decodeReply(stringToBytes(this.#written.slice(GREETING_TEXT.length)));
    if (reading.kind === "status") {
      this.#isAnswered = true;
      onAnswer(reading.status);
    }
  }
}
