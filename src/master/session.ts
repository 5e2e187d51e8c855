/**
 * One client: from its bytes to a request, and from the handler's answer to its bytes.
 *
 * One request per connection; what comes behind it is not looked at. The connection is closed when
 * the handler has finished, or at once where the request can't be served. A client that hangs up
 * stops nothing that it has asked for. `ended` of the host is called exactly once, when this process
 * owes the client nothing more.
 */
import { type Log, logVerbosely } from "../effects/log.ts";
import type { PeerConnection, PeerEvents } from "../effects/peers.ts";
import { encodeStatus } from "../wire/reply.ts";
import type { Exchange, RequestHandler, Status } from "../wire/request.ts";
import { type Reading, RequestReader } from "../wire/request_reader.ts";
import type { ReadDeadlines, Waiting } from "./read_deadlines.ts";

/** What the sessions of a server share. */
export interface SessionHost {
  readonly log: Log;
  readonly handler: RequestHandler;
  readonly deadlines: ReadDeadlines;
  /** How log lines name the peer: "flush socket". */
  readonly peerName: string;
  ended(): void;
}

export class Session implements PeerEvents, Exchange, Waiting {
  readonly #connection: PeerConnection;
  readonly #host: SessionHost;
  #reader: RequestReader | null;
  #isAnswered = false;
  #isOver = false;

  constructor(connection: PeerConnection, host: SessionHost) {
    this.#connection = connection;
    this.#host = host;
    this.#reader = new RequestReader(readerOptions(host));
    host.deadlines.restart(this);
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
    }
  }

  closed(): void {
    if (this.#reader !== null) {
      this.#stopReading();
      this.#over();
    }
  }

  answer(status: Status): void {
    if (!this.#isAnswered) {
      this.#isAnswered = true;
      logVerbosely(this.#host.log, () => `send attr status = ${status}`);
      // A peer that is gone, as master's wake-up is at once, is no error.
      this.#connection.write(encodeStatus(status));
    }
  }

  finish(): void {
    this.#connection.close();
    this.#over();
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

function readerOptions(host: SessionHost): ConstructorParameters<typeof RequestReader>[0] {
  const { log, peerName } = host;
  return log.verbosity > 0 ? { peerName, trace: (text) => log.info(text) } : { peerName };
}
