/**
 * One client: from its bytes to a request, and from the handler's answer to its bytes.
 *
 * One request per connection; what comes behind it is not looked at. The connection is closed when
 * the handler has finished, or at once where the request can't be served. A client that hangs up
 * stops nothing that it has asked for. `ended` of the host is called exactly once, when this process
 * owes the client nothing more: the work is done, and the reply handed over to the last byte.
 *
 * Whoever takes a piece of the reply for longer than a client may be silent is hung up on, with a warning.
 * Only root and the mail owner may ask for reports; who asks is looked up for those alone.
 */
import { type Log, verbosely } from "../effects/log.ts";
import { OsError } from "../effects/os_error.ts";
import type { PeerConnection, PeerEvents } from "../effects/peers.ts";
import { encodeStatus } from "../wire/reply.ts";
import type { Exchange, PeerIdentity, RequestHandler, Status } from "../wire/request.ts";
import {
  type Asker,
  type Reading,
  RequestReader,
  type RequestReaderOptions,
} from "../wire/request_reader.ts";
import type { ReadDeadlines, Waiting } from "./read_deadlines.ts";

const ROOT_UID = 0;

/** What the sessions of a server share. */
export interface SessionHost {
  readonly log: Log;
  readonly handler: RequestHandler;
  readonly deadlines: ReadDeadlines;
  /** How log lines name the peer ("flush socket"), and what -v adds to them. */
  readonly reading: RequestReaderOptions;
  /** The mail owner. */
  readonly ownerUid: number;
  ended(): void;
}

export class Session implements PeerEvents, Exchange, Asker, Waiting {
  readonly #connection: PeerConnection;
  readonly #host: SessionHost;
  #reader: RequestReader | null;
  /** Undefined until somebody wants to know. */
  #peer: PeerIdentity | null | undefined;
  /** Resolves when the client is no longer behind. */
  #caughtUp: PromiseWithResolvers<void> | null = null;
  #isAnswered = false;
  #isGone = false;
  #isFinished = false;
  #isOver = false;

  constructor(connection: PeerConnection, host: SessionHost) {
    this.#connection = connection;
    this.#host = host;
    this.#reader = new RequestReader(host.reading, this);
    host.deadlines.restart(this);
  }

  get peer(): PeerIdentity | null {
    if (this.#peer === undefined) {
      this.#peer = identify(this.#connection);
    }
    return this.#peer;
  }

  get isTrusted(): boolean {
    const uid = this.peer?.uid;
    return uid === ROOT_UID || uid === this.#host.ownerUid;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  data(bytes: Uint8Array): void {
    if (this.#reader !== null) {
      this.#take(this.#reader.push(bytes));
    }
  }

  ended(): void {
    if (this.#reader !== null) {
      this.#take(this.#reader.end());
    }
  }

  timedOut(): void {
    if (this.#reader !== null) {
      this.#take(this.#reader.timedOut());
      return;
    }
    this.#host.log.warning(`timeout while sending to ${this.#host.reading.peerName}`);
    this.#connection.abort();
    this.closed();
  }

  drained(): void {
    this.#stopWaiting();
  }

  closed(): void {
    this.#isGone = true;
    this.#stopWaiting();
    if (this.#reader !== null) {
      this.#stopReading();
      this.#over();
    }
  }

  answer(status: Status): void {
    if (!this.#isAnswered) {
      this.#isAnswered = true;
      verbosely(this.#host.log)?.info(`send attr status = ${status}`);
      this.#write(encodeStatus(status));
    }
  }

  report(bytes: Uint8Array): Promise<void> | null {
    this.#write(bytes);
    if (!this.#connection.isBehind) {
      return null;
    }
    this.#caughtUp ??= Promise.withResolvers<void>();
    return this.#caughtUp.promise;
  }

  finish(): void {
    this.#isFinished = true;
    this.#connection.close();
    if (!this.#connection.isBehind) {
      this.#over();
    }
  }

  #write(bytes: Uint8Array): void {
    const wasBehind = this.#connection.isBehind;
    // A peer that is gone, as master's wake-up is at once, is no error.
    this.#isGone ||= !this.#connection.write(bytes);
    if (this.#connection.isBehind && !wasBehind) {
      this.#host.deadlines.restart(this);
    }
  }

  /** Nothing waits to be handed over any more: it has been, or never will be. */
  #stopWaiting(): void {
    if (this.#reader === null) {
      this.#host.deadlines.cancel(this);
    }
    this.#caughtUp?.resolve();
    this.#caughtUp = null;
    if (this.#isFinished) {
      this.#over();
    }
  }

  #take(reading: Reading): void {
    if (reading.kind === "more") {
      this.#host.deadlines.restart(this);
      return;
    }
    this.#stopReading();
    for (const warning of reading.warnings) {
      this.#host.log.warning(warning);
    }
    if (reading.kind === "request") {
      this.#host.handler.handle(reading.request, this);
      return;
    }
    if (reading.answer !== null) {
      this.answer(reading.answer);
    }
    this.finish();
  }

  #stopReading(): void {
    this.#reader = null;
    this.#host.deadlines.cancel(this);
  }

  #over(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#host.ended();
    }
  }
}

/** Null where the system does not tell. */
function identify(connection: PeerConnection): PeerIdentity | null {
  try {
    return connection.credentials();
  } catch (caught) {
    if (caught instanceof OsError) {
      return null;
    }
    throw caught;
  }
}
