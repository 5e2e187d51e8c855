/**
 * Waits for a mail server's greeting, and leaves politely. Who accepts a connection and says nothing, or 421, or 554, does
 * not take mail: only `220` counts.
 */
import type { Clock } from "../effects/clock.ts";
import { OsError } from "../effects/os_error.ts";
import type { OutgoingConnection, OutgoingEvents } from "../effects/unix_sockets.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";

/** What a server has said: `isReady` is 220. `text` is a byte string: its first line, or what was missing of it. */
export interface Greeting {
  readonly isReady: boolean;
  readonly text: string;
}

/** Some servers make clients wait on purpose; RFC 5321 has them wait five minutes, which no watch needs. */
const GREETING_MS = 60_000;

/** RFC 5321 has lines of 512; a greeting may have several. Whoever sends more without an end greets nobody. */
const GREETING_BYTES_MAX = 16_384;

/** So much of a line is of use to a reader. */
const SHOWN_LENGTH_MAX = 200;

/** The last line of a reply. */
const LAST_LINE = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?:[ \r][^\n]*)?\n/;

/** Connects by `connect`, and reads the greeting; why it could not is a greeting too. */
export async function readGreeting(
  clock: Clock,
  connect: (open: (connection: OutgoingConnection) => OutgoingEvents) => Promise<void>,
): Promise<Greeting> {
  const reading = new Reading();
  try {
    await connect((connection) => reading.begin(connection));
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    return notReady(caught.text);
  }
  const timer = clock.after(GREETING_MS, () =>
    reading.end(
      notReady(`accepted a connection, and said nothing for ${GREETING_MS / 1000} seconds`),
    ),
  );
  try {
    return await reading.greeted;
  } finally {
    timer.cancel();
  }
}

class Reading {
  readonly #greeting = Promise.withResolvers<Greeting>();
  readonly greeted = this.#greeting.promise;
  #connection: OutgoingConnection | null = null;
  #text = "";

  begin(connection: OutgoingConnection): OutgoingEvents {
    this.#connection = connection;
    return {
      data: (bytes) => this.#take(bytesToString(bytes)),
      closed: () => this.end(notReady("accepted a connection, and hung up without a greeting")),
    };
  }

  end(greeting: Greeting): void {
    this.#greeting.resolve(greeting);
    this.#connection?.abort();
  }

  #take(text: string): void {
    // What is too long is so in whatever pieces it comes.
    this.#text = (this.#text + text).slice(0, GREETING_BYTES_MAX);
    const [, code] = LAST_LINE.exec(this.#text) ?? [];
    if (code !== undefined) {
      const [line = ""] = this.#text.split(/\r?\n/, 1);
      this.#connection?.write(stringToBytes("QUIT\r\n"));
      this.end({ isReady: code === "220", text: line.slice(0, SHOWN_LENGTH_MAX) });
    } else if (this.#text.length === GREETING_BYTES_MAX || !mayBeReply(this.#text)) {
      this.end(notReady("said something that is no greeting of a mail server"));
    }
  }
}

/** So far it begins as a reply does. */
function mayBeReply(text: string): boolean {
  const [line = ""] = text.split("\n", 1);
  return /^\d{0,3}$/.test(line) || /^\d{3}[- \r]/.test(line);
}

function notReady(text: string): Greeting {
  return { isReady: false, text };
}
