/**
 * Hundreds of destinations on loopback addresses, none of which can be relied on.
 *
 * Every fourth refuses connections. The others share one SMTP server in this process (RFC 5321, as little of it
 * as Postfix's client needs), which defers most recipients, takes some, and rejects a few for good. Which, a seed
 * says, as far as the order in which they come allows. What is delivered is thrown away.
 */
import type { Socket, SocketListener } from "bun";
import { freePort, randomLoopbackAddress } from "../../lab/loopback.ts";
import { oneIn, type Random, randomFrom } from "../support/random.ts";

/** A domain, and where its mail goes. */
interface MoodySite {
  readonly domain: string;
  readonly address: string;
  readonly is_refusing: boolean;
}

/** Of so many recipients one is taken, one is rejected. */
const TAKEN_OF = 6;
const REJECTED_OF = 150;

/** Of so many messages of which a recipient was taken, one is deferred at the end of its text. */
const LATE_DEFERRALS_OF = 20;

const REFUSING_OF = 4;

/** Host numbers in a network, one a site. */
const HOSTS = 200;

/** Site `index`'s domain: of each ten two share a log, one is an IDNA name. */
function domainAt(index: number): string {
  switch (index % 10) {
    case 0:
      return `a-b.${index}.test`;
    case 1:
      return `a.b-${index - 1}.test`;
    case 2:
      return `xn--bcher-kva.d${index}.test`;
    default:
      return `d${index}.test`;
  }
}

/** What is kept of a connection. */
interface Session {
  unread: string;
  is_text: boolean;
  taken_count: number;
}

/** The sites and the server behind them, from `open` to `close`. */
export class MoodySites {
  readonly sites: readonly MoodySite[];
  readonly port: number;
  readonly #random: Random;
  #listeners: SocketListener<Session>[] = [];

  private constructor(sites: readonly MoodySite[], port: number, seed: number) {
    this.sites = sites;
    this.port = port;
    this.#random = randomFrom(seed);
  }

  /** Makes `count` sites, and listens. */
  static async open(count: number, seed: number): Promise<MoodySites> {
    const [, network] = randomLoopbackAddress().split(".");
    const sites = Array.from({ length: count }, (_, index) => ({
      domain: domainAt(index),
      address: `127.${network}.${100 + Math.trunc(index / HOSTS)}.${1 + (index % HOSTS)}`,
      is_refusing: index % REFUSING_OF === 0,
    }));
    const moody = new MoodySites(sites, await freePort(sites[0]?.address ?? ""), seed);
    moody.#listen();
    return moody;
  }

  /** A transport table (transport(5)). */
  get transports(): string {
    const lines = this.sites.map(
      ({ domain, address }) => `${domain} smtp:[${address}]:${this.port}\n`,
    );
    return lines.join("");
  }

  close(): void {
    for (const listener of this.#listeners) {
      listener.stop(true);
    }
    this.#listeners = [];
  }

  #listen(): void {
    for (const { address } of this.sites.filter(({ is_refusing }) => !is_refusing)) {
      this.#listeners.push(
        Bun.listen<Session>({
          hostname: address,
          port: this.port,
          socket: {
            open: (socket) => {
              socket.data = { unread: "", is_text: false, taken_count: 0 };
              socket.write("220 moody.test ESMTP\r\n");
            },
            data: (socket, chunk) => this.#receive(socket, chunk.toString("latin1")),
          },
        }),
      );
    }
  }

  #receive(socket: Socket<Session>, text: string): void {
    const lines = (socket.data.unread + text).split("\r\n");
    socket.data.unread = lines.pop() ?? "";
    for (const line of lines) {
      const reply = this.#reply(socket.data, line);
      if (reply !== "") {
        socket.write(`${reply}\r\n`);
      }
    }
  }

  /** What to answer to a line; nothing to a line of a message's text. */
  #reply(session: Session, line: string): string {
    if (session.is_text) {
      session.is_text = line !== ".";
      return session.is_text ? "" : this.#replyToText();
    }
    switch (line.slice(0, 4).toUpperCase()) {
      case "MAIL":
        session.taken_count = 0;
        return "250 2.1.0 Ok";
      case "RCPT":
        return this.#replyToRecipient(session);
      case "DATA":
        session.is_text = session.taken_count > 0;
        return session.is_text ? "354 Go on" : "554 5.5.1 No recipients";
      case "QUIT":
        return "221 2.0.0 Bye";
      default:
        return "250 moody.test";
    }
  }

  #replyToRecipient(session: Session): string {
    if (oneIn(this.#random, REJECTED_OF)) {
      return "550 5.1.1 No such user";
    }
    if (!oneIn(this.#random, TAKEN_OF)) {
      return "450 4.2.0 Not in the mood";
    }
    session.taken_count++;
    return "250 2.1.5 Ok";
  }

  #replyToText(): string {
    return oneIn(this.#random, LATE_DEFERRALS_OF) ? "451 4.3.0 On second thoughts" : "250 2.0.0 Ok";
  }
}
