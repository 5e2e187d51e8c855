/**
 * Asks a proxymap(8), one request after the other over one connection.
 *
 * A connection that the server has ended, as it does after max_use clients or where a table has changed, is made anew,
 * and the request that it was in is sent once more. What remains unanswered is null, with a warning that says why. One that is
 * not needed for a while is closed, so that it keeps no process from ending. Bounded are the requests that wait, and the
 * time for each answer.
 */
import type { Clock, Timer } from "../effects/clock.ts";
import type { Log } from "../effects/log.ts";
import { OsError } from "../effects/os_error.ts";
import type { Connect } from "../effects/start_up_programs.ts";
import type { OutgoingConnection, OutgoingEvents } from "../effects/unix_sockets.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { AttributeReader, type Attributes, PROXYMAP_GREETING } from "./proxymap_protocol.ts";

/** More than clients that one process can have: each waits for one answer. */
const WAITING_MAX = 100_000;

/** How long a server whose backlog is full is tried again, and how often. */
const CONNECT_TRIES_MAX = 100;
const CONNECT_AGAIN_MS = 100;

/** A request that the end of a connection left without an answer is sent so often in all. */
const SENDS_MAX = 2;

/** The effects, and whom it talks to. */
export interface ProxymapClientTools {
  readonly clock: Clock;
  readonly log: Log;
  readonly connect: Connect;
  /** For the log: "private/proxymap". */
  readonly serverName: string;
  /** It speaks first, as it does from Postfix 3.6 on. */
  readonly isGreeting: boolean;
  /** How long an answer may take (ipc_timeout). */
  readonly answerMs: number;
  /** A connection without a request for so long is closed (ipc_idle); null: never. */
  readonly idleMs: number | null;
}

interface Question {
  readonly text: string;
  readonly tell: (reply: Attributes | null) => void;
  sendCount: number;
}

export class ProxymapClient {
  readonly #tools: ProxymapClientTools;
  readonly #waiting: Question[] = [];
  /** The one that was sent. */
  #asked: Question | null = null;
  #stream: ServerStream | null = null;
  #isConnecting = false;
  #timer: Timer | null = null;

  constructor(tools: ProxymapClientTools) {
    this.#tools = tools;
  }

  /** Sends a request when it is its turn; null: there was no answer, which has been logged. */
  ask(text: string): Promise<Attributes | null> {
    return new Promise((tell) => {
      if (this.#waiting.length >= WAITING_MAX) {
        this.#warn(`${WAITING_MAX} requests are waiting already`);
        tell(null);
        return;
      }
      this.#waiting.push({ text, tell, sendCount: 0 });
      this.#goOn();
    });
  }

  /** Sends what is next, if nothing is under way. */
  #goOn(): void {
    if (this.#asked !== null || this.#isConnecting) {
      return;
    }
    if (this.#waiting.length === 0) {
      this.#rest();
    } else if (this.#stream === null) {
      void this.#connect();
    } else if (this.#stream.isGreeted) {
      this.#send(this.#stream);
    }
  }

  #send(stream: ServerStream): void {
    const question = this.#waiting.shift();
    if (question !== undefined) {
      question.sendCount++;
      this.#asked = question;
      this.#limit(this.#tools.answerMs, () => this.#late(question));
      stream.connection.write(stringToBytes(question.text));
    }
  }

  async #connect(tries = 1): Promise<void> {
    this.#isConnecting = true;
    try {
      await this.#tools.connect((connection) => this.#connected(connection));
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      if (caught.code === "EAGAIN" && tries < CONNECT_TRIES_MAX) {
        this.#tools.clock.after(CONNECT_AGAIN_MS, () => void this.#connect(tries + 1));
        return;
      }
      this.#isConnecting = false;
      this.#giveUp(`connect: ${caught.text}`);
    }
  }

  #connected(connection: OutgoingConnection): OutgoingEvents {
    const stream = new ServerStream(connection, !this.#tools.isGreeting);
    this.#stream = stream;
    this.#isConnecting = false;
    this.#limit(this.#tools.answerMs, () => connection.abort());
    this.#goOn();
    return {
      data: (bytes) => this.#take(stream, bytes),
      closed: () => this.#closed(stream),
    };
  }

  #take(stream: ServerStream, bytes: Uint8Array): void {
    const list = stream.reader.push(bytesToString(bytes));
    if (list === "more") {
      return;
    }
    const isGood =
      list !== null && (stream.isGreeted || list.get("protocol") === PROXYMAP_GREETING);
    if (!isGood) {
      this.#warn("unexpected data");
      stream.connection.abort();
      return;
    }
    this.#timer?.cancel();
    if (stream.isGreeted) {
      this.#answer(list);
    }
    stream.isGreeted = true;
    this.#goOn();
  }

  #answer(reply: Attributes | null): void {
    const asked = this.#asked;
    this.#asked = null;
    asked?.tell(reply);
  }

  #late(question: Question): void {
    this.#warn("no answer in time");
    // It is not sent again: that would take as long.
    question.sendCount = SENDS_MAX;
    this.#stream?.connection.abort();
  }

  #closed(stream: ServerStream): void {
    if (this.#stream !== stream) {
      return;
    }
    this.#stream = null;
    this.#timer?.cancel();
    const asked = this.#asked;
    this.#asked = null;
    if (!stream.isGreeted) {
      this.#giveUp("closed without a greeting");
    } else if (asked !== null && asked.sendCount < SENDS_MAX) {
      this.#waiting.unshift(asked);
    } else if (asked !== null) {
      this.#warn("closed without an answer");
      asked.tell(null);
    }
    this.#goOn();
  }

  /** Nobody is there: all who wait now are told. */
  #giveUp(why: string): void {
    this.#warn(why);
    for (const { tell } of this.#waiting.splice(0)) {
      tell(null);
    }
  }

  /** Nothing to ask. */
  #rest(): void {
    const { idleMs } = this.#tools;
    const stream = this.#stream;
    if (idleMs !== null && stream !== null) {
      this.#limit(idleMs, () => stream.connection.abort());
    }
  }

  #limit(ms: number, run: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#tools.clock.after(ms, run);
  }

  #warn(why: string): void {
    this.#tools.log.warning(`${this.#tools.serverName}: ${why}`);
  }
}

/** A connection, and what has come of it. */
class ServerStream {
  readonly connection: OutgoingConnection;
  readonly reader = new AttributeReader();
  isGreeted: boolean;

  constructor(connection: OutgoingConnection, isGreeted: boolean) {
    this.connection = connection;
    this.isGreeted = isGreeted;
  }
}
