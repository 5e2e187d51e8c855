/**
 * Asks Postfix where it would deliver mail for an address: its rewrite service (trivial-rewrite(8)), as its own programs do.
 *
 * So transport_maps, relayhost, relay_transport and what depends on the sender are Postfix's to look up, and the answer
 * is its own. One connection, one request, one answer; whatever the other end does is an answer, never an exception. As
 * with all of Postfix's services, it first says its protocol's name from 3.6 on; before that it doesn't. Changes nothing.
 */
import type { Clock } from "../effects/clock.ts";
import { OsError } from "../effects/os_error.ts";
import type { OutgoingConnection, UnixSockets } from "../effects/unix_sockets.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";

/** Where mail goes. Byte strings. */
export interface Route {
  /** An entry of master.cf. */
  readonly transport: string;
  /** What the transport makes of it is its own matter: see nexthop.ts. */
  readonly nexthop: string;
}

/** A route; or why there is none, in words that follow a colon. */
export type RouteAnswer =
  | ({ readonly kind: "route" } & Route)
  | { readonly kind: "none"; readonly why: string };

/** Whom to ask. */
export interface RewriteSocket {
  readonly sockets: UnixSockets;
  readonly clock: Clock;
  /** A byte string. */
  readonly path: string;
}

/** master(8) may have to start the service, which may have to ask tables elsewhere. */
const ANSWER_MS = 20_000;

/** Addresses are no longer than that by far; whoever sends more without an end is not the rewrite service. */
const ANSWER_BYTES_MAX = 16_384;

/** Of `flags`: a table could not be looked up, and the rest of the answer is not to be relied on. */
const FLAG_FAILED = 8;

/** Before the answer, from Postfix 3.6 on. */
const GREETING_START = "protocol\0";

const LIST_END = "\0\0";

/** Asks for the route of mail from `sender` (empty: a bounce) to `address`, byte strings without a NUL. */
export async function resolveAddress(
  { sockets, clock, path }: RewriteSocket,
  { sender, address }: { readonly sender: string; readonly address: string },
): Promise<RouteAnswer> {
  const asking = new Asking(`request\0resolve\0sender\0${sender}\0address\0${address}\0\0`);
  const timer = clock.after(ANSWER_MS, () => asking.giveUp());
  try {
    await sockets.connect(path, (connection) => asking.begin(connection));
    return await asking.answered;
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    return none(`Postfix does not say where its mail goes (${caught.text}): is it running?`);
  } finally {
    timer.cancel();
  }
}

class Asking {
  readonly #answer = Promise.withResolvers<RouteAnswer>();
  readonly answered = this.#answer.promise;
  readonly #request: string;
  #connection: OutgoingConnection | null = null;
  #text = "";

  constructor(request: string) {
    this.#request = request;
  }

  begin(connection: OutgoingConnection) {
    this.#connection = connection;
    connection.write(stringToBytes(this.#request));
    return {
      data: (bytes: Uint8Array): void => this.#take(bytesToString(bytes)),
      closed: (): void =>
        this.#end(none("Postfix's rewrite service has hung up without an answer")),
    };
  }

  giveUp(): void {
    this.#end(
      none(`Postfix's rewrite service has not answered within ${ANSWER_MS / 1000} seconds`),
    );
  }

  #take(text: string): void {
    // What comes behind an answer is nobody's business; what is too long is so in whatever pieces it comes.
    this.#text = (this.#text + text).slice(0, ANSWER_BYTES_MAX);
    const answer = text.includes("\0") ? readAnswer(this.#text) : null;
    if (answer !== null) {
      this.#end(answer);
    } else if (this.#text.length === ANSWER_BYTES_MAX) {
      this.#end(none("Postfix's rewrite service has sent something else than an answer"));
    }
  }

  #end(answer: RouteAnswer): void {
    this.#answer.resolve(answer);
    this.#connection?.abort();
  }
}

/** Null: more has to come. */
function readAnswer(text: string): RouteAnswer | null {
  const start = text.startsWith(GREETING_START) ? behind(text, LIST_END) : 0;
  // An empty value ends in two NULs too: only a list that has all its pairs is at its end.
  const words = text.slice(start).split("\0");
  const end = words.findIndex((word, index) => index % 2 === 0 && word === "");
  if (start < 0 || end < 0 || end === words.length - 1) {
    return null;
  }
  const values = new Map<string, string>();
  for (let index = 0; index < end; index += 2) {
    // The first `flags` is the service's, the last one tells of the address.
    values.set(words[index] ?? "", words[index + 1] ?? "");
  }
  return routeOf(values);
}

function behind(text: string, mark: string): number {
  const at = text.indexOf(mark);
  return at < 0 ? at : at + mark.length;
}

function routeOf(values: ReadonlyMap<string, string>): RouteAnswer {
  const flags = Number(values.get("flags"));
  const transport = values.get("transport") ?? "";
  const nexthop = values.get("nexthop");
  if (transport === "" || nexthop === undefined || !Number.isInteger(flags)) {
    return none("Postfix's rewrite service has sent something else than an answer");
  }
  return (flags & FLAG_FAILED) === 0
    ? { kind: "route", transport, nexthop }
    : none("Postfix can't look up where its mail goes: the mail log says why");
}

function none(why: string): RouteAnswer {
  return { kind: "none", why };
}
