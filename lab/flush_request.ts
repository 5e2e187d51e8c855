/**
 * A plain client of a flush service's socket (POSTFIX-FLUSH-SPEC 1.2 to 1.5), for either program.
 *
 * One request a connection, bytes as given: nothing is checked here. Failures are answers, not errors.
 */
import type { Socket } from "bun";
import { GREETING } from "./greeting.ts";

/** Longer than a service may take to be started and to answer. */
const TIME_LIMIT_MS = 20 * 1000;

/** How a request ended. */
export type Answer =
  | { readonly kind: "status"; readonly status: number }
  /** Closed without a well-formed answer; `bytes` is all that came. */
  | { readonly kind: "closed"; readonly bytes: string }
  /** No connection, or it broke; `why` is the system's word for it. */
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "late" };

function parseAnswer(bytes: string): Answer {
  const reply = bytes.startsWith(GREETING) ? bytes.slice(GREETING.length) : "";
  const match = /^status\0(\d+)\0\0$/.exec(reply);
  // Statuses travel unsigned: -1 is 4294967295.
  return match === null
    ? { kind: "closed", bytes }
    : { kind: "status", status: Number(match[1]) | 0 };
}

/** A connection whose greeting has come and whose request can be written piece by piece. */
export class FlushConnection {
  readonly #greeted = Promise.withResolvers<void>();
  readonly #answered = Promise.withResolvers<Answer>();
  readonly #timer: Timer;
  #bytes = "";
  #socket: Socket | undefined;

  /** How the request ended. */
  readonly answer: Promise<Answer> = this.#answered.promise;

  private constructor(time_limit_ms: number) {
    this.#timer = setTimeout(() => this.#end({ kind: "late" }), time_limit_ms);
  }

  /** Connects to the socket at `path` and waits for the greeting, if there is to be one, or for the end. */
  static async open(path: string, time_limit_ms = TIME_LIMIT_MS): Promise<FlushConnection> {
    const connection = new FlushConnection(time_limit_ms);
    await connection.#connect(path);
    return connection;
  }

  /** Sends bytes, given as a byte string. */
  write(text: string): void {
    this.#socket?.write(Buffer.from(text, "latin1"));
  }

  /** Shuts down writing; an answer can still come. */
  end(): void {
    this.#socket?.shutdown();
  }

  /** Hangs up. */
  close(): void {
    this.#socket?.terminate();
  }

  async #connect(path: string): Promise<void> {
    try {
      this.#socket = await Bun.connect({
        unix: path,
        socket: {
          data: (_, chunk) => this.#receive(chunk.toString("latin1")),
          close: () => this.#end(parseAnswer(this.#bytes)),
          error: (_, error) => this.#end({ kind: "refused", why: error.message }),
        },
      });
    } catch (error) {
      this.#end({ kind: "refused", why: String(error) });
    }
    if (GREETING !== "") {
      await this.#greeted.promise;
    }
  }

  #receive(text: string): void {
    this.#bytes += text;
    if (this.#bytes.length >= GREETING.length) {
      this.#greeted.resolve();
    }
  }

  #end(answer: Answer): void {
    clearTimeout(this.#timer);
    this.#greeted.resolve();
    this.#answered.resolve(answer);
  }
}

/** Sends the request `words` (name, value, name, value, …) to the socket at `path`. */
export async function flushRequest(path: string, words: readonly string[]): Promise<Answer> {
  const connection = await FlushConnection.open(path);
  connection.write(`${words.join("\0")}\0\0`);
  return await connection.answer;
}
