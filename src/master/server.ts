/**
 * The life of a child of master(8), from its first client to its end.
 *
 * Serves all clients in one process. Master is told so by keeping this process "available"; one pair
 * of taken and available, early and at a quiet moment, makes master trust the program, so that a later
 * crash is not taken for a bad start. The process leaves
 *  - after max_idle without a client,
 *  - after its max_use-th client: it accepts no more, and ends when the last of its clients is served. It has said "taken" by
 *    then, so that master starts a successor for the next client: a little before, if clients come fast (succession.ts),
 *  - when it has so many clients at once that descriptors run out: likewise,
 *  - when what it read at its start is too old: likewise,
 *  - when master closes the status channel (a reload, or its death): likewise.
 * Clients that are not yet accepted stay in the listen queue, which the successor serves.
 *
 * Does not read requests (session.ts) and does not know what they mean (the handler).
 */
import type { Clock } from "../effects/clock.ts";
import type { DaemonProcess } from "../effects/daemon_process.ts";
import { Fatal } from "../effects/fatal.ts";
import { type Log, verbosely } from "../effects/log.ts";
import type { PeerConnection, PeerEvents, PeerListener, Peers } from "../effects/peers.ts";
import type { StatusChannel } from "../effects/status_channel.ts";
import { GREETING } from "../wire/greeting.ts";
import type { RequestHandler } from "../wire/request.ts";
import { ReadDeadlines } from "./read_deadlines.ts";
import { readerOptions } from "./reader_options.ts";
import { Session, type SessionHost } from "./session.ts";
import { AVAILABILITY, statusMessages } from "./status_message.ts";
import { Succession } from "./succession.ts";

/** The effects, and who serves requests. */
export interface ServerTools {
  readonly clock: Clock;
  readonly log: Log;
  readonly peers: Peers;
  readonly process: DaemonProcess;
  readonly channel: StatusChannel;
  readonly handler: RequestHandler;
  /** Resolves when what this process has read at its start is too old to go on with; null: never. */
  readonly outdated: Promise<void> | null;
}

/** The parameters of a child of master(8); names and defaults are those of postconf(5). */
export interface ServerSettings {
  readonly serviceName: string;
  readonly generation: number;
  readonly maxUse: number;
  /** How long it took from the beginning of the process until now. */
  readonly startedInMs: number;
  /** Clients at once that this process can hold. */
  readonly clientsMax: number;
  readonly maxIdleSeconds: number;
  /** How long a client may take between two of its writes, and to take a piece of its reply. */
  readonly ipcTimeoutSeconds: number;
  /** How long the event loop may be stuck before the kernel ends this process. */
  readonly daemonTimeoutSeconds: number;
  /** The mail owner, who may ask for reports, as root may. */
  readonly ownerUid: number;
  /** Clients wait for the greeting: those of Postfix 3.6 and later. */
  readonly isGreeting: boolean;
  /** Arguments that should not be there. */
  readonly leftOver: readonly string[];
}

const MS_PER_SECOND = 1000;

/**
 * The pair goes out in one write, at a moment without clients: master starts another process for a
 * client that waits while it has read only "taken". Where no such moment comes, after so many clients.
 */
const CLIENTS_BEFORE_PAIR_MAX = 20;

/**
 * A process that has had so many is a busy one, with many more to come where max_use is large: to compile what they need
 * pays. One that nobody wants for max_idle ends before it would.
 */
const CLIENTS_BEFORE_COMPILING = 1000;

/**
 * From this max_use on. With 64 clients at once compiling costs a process 80 ms of processor time; clients one after the other
 * give it back between the 10,000th and the 30,000th. What runs most is compiled in any case, later.
 */
const MAX_USE_WORTH_COMPILING = 20_000;

const NOTHING: PeerEvents = { data() {}, ended() {}, drained() {}, closed() {} };

/** Serves clients; resolves when the process should end, with status 0. */
export function serve(tools: ServerTools, settings: ServerSettings): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  new Server(tools, settings, resolve).start();
  return promise;
}

class Server {
  readonly #tools: ServerTools;
  readonly #settings: ServerSettings;
  readonly #leave: () => void;
  readonly #sessionHost: SessionHost;
  readonly #succession: Succession;
  #listener: PeerListener | null = null;
  #acceptedCount = 0;
  #activeCount = 0;
  #lastActiveMs: number;
  #isLeaving = false;
  #hasSentPair = false;

  constructor(tools: ServerTools, settings: ServerSettings, leave: () => void) {
    this.#tools = tools;
    this.#settings = settings;
    this.#leave = leave;
    this.#lastActiveMs = tools.clock.monotonicMs();
    this.#succession = new Succession(settings.maxUse, settings.startedInMs);
    this.#sessionHost = {
      log: tools.log,
      handler: tools.handler,
      deadlines: new ReadDeadlines(tools.clock, settings.ipcTimeoutSeconds * MS_PER_SECOND),
      reading: readerOptions(`${settings.serviceName} socket`, tools.log),
      ownerUid: settings.ownerUid,
      ended: () => this.#sessionEnded(),
    };
  }

  start(): void {
    this.#watchdog();
    this.#tools.channel.onEnd(() => this.#masterGone());
    this.#waitForIdle(this.#maxIdleMs);
    void this.#tools.outdated?.then(() => this.#retire());
    this.#listener = this.#tools.peers.listen((connection) => this.#accept(connection));
  }

  get #maxIdleMs(): number {
    return this.#settings.maxIdleSeconds * MS_PER_SECOND;
  }

  #accept(connection: PeerConnection): PeerEvents {
    const [unexpected] = this.#settings.leftOver;
    if (unexpected !== undefined) {
      throw new Fatal(`unexpected command-line argument: ${unexpected}`);
    }
    verbosely(this.#tools.log)?.info("connection established");
    this.#count();
    // A client that has hung up already must not be served, even where its request can be read.
    if (this.#settings.isGreeting && !this.#greet(connection)) {
      connection.close();
      this.#sessionEnded();
      return NOTHING;
    }
    return new Session(connection, this.#sessionHost);
  }

  #greet(connection: PeerConnection): boolean {
    verbosely(this.#tools.log)?.info("send attr protocol = queue_flush_protocol");
    return connection.write(GREETING);
  }

  #count(): void {
    this.#activeCount++;
    this.#acceptedCount++;
    if (this.#acceptedCount === CLIENTS_BEFORE_PAIR_MAX) {
      this.#sendPair();
    }
    const { maxUse, clientsMax } = this.#settings;
    const isBusy = this.#acceptedCount === CLIENTS_BEFORE_COMPILING;
    if (isBusy && maxUse >= MAX_USE_WORTH_COMPILING) {
      this.#tools.process.compileSooner();
    }
    if (this.#acceptedCount >= maxUse || this.#activeCount >= clientsMax) {
      this.#stopAccepting();
      this.#notify(AVAILABILITY.taken);
    } else if (this.#succession.isDue(this.#acceptedCount, this.#tools.clock.monotonicMs())) {
      this.#notify(AVAILABILITY.taken);
    }
  }

  #sessionEnded(): void {
    this.#activeCount--;
    this.#lastActiveMs = this.#tools.clock.monotonicMs();
    verbosely(this.#tools.log)?.info("connection closed");
    if (this.#activeCount === 0 && !this.#isLeaving) {
      this.#sendPair();
    }
    this.#endIfDone();
  }

  /** Master takes this process for what the second of the pair says. */
  #sendPair(): void {
    if (!this.#hasSentPair) {
      this.#hasSentPair = true;
      const { taken, available } = AVAILABILITY;
      const hasAsked = this.#succession.hasAsked;
      this.#notify(...(hasAsked ? [available, taken] : [taken, available]));
    }
  }

  #stopAccepting(): void {
    this.#isLeaving = true;
    this.#listener?.stop();
    this.#listener = null;
  }

  #masterGone(): void {
    verbosely(this.#tools.log)?.info("master disconnect -- exiting");
    this.#stopAccepting();
    this.#tools.handler.leave();
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (this.#isLeaving && this.#activeCount === 0) {
      this.#leave();
    }
  }

  /** One timer that looks how long it has been idle, instead of one that each client resets. */
  #waitForIdle(delayMs: number): void {
    this.#tools.clock.after(delayMs, () => {
      const idleMs =
        this.#activeCount > 0 ? 0 : this.#tools.clock.monotonicMs() - this.#lastActiveMs;
      if (idleMs < this.#maxIdleMs) {
        this.#waitForIdle(this.#maxIdleMs - idleMs);
        return;
      }
      verbosely(this.#tools.log)?.info("idle timeout -- exiting");
      this.#retire();
    });
  }

  /** Makes room for a successor, which serves the next client. */
  #retire(): void {
    if (!this.#isLeaving) {
      this.#stopAccepting();
      this.#notify(AVAILABILITY.taken);
    }
    this.#endIfDone();
  }

  #watchdog(): void {
    const { daemonTimeoutSeconds } = this.#settings;
    this.#tools.process.armWatchdog(daemonTimeoutSeconds);
    const againMs = (daemonTimeoutSeconds * MS_PER_SECOND) / 3;
    this.#tools.clock.after(againMs, () => this.#watchdog());
  }

  #notify(...availabilities: (typeof AVAILABILITY)[keyof typeof AVAILABILITY][]): void {
    for (const availability of availabilities) {
      verbosely(this.#tools.log)?.info(`master_notify: status ${availability}`);
    }
    const { generation } = this.#settings;
    this.#tools.channel.send(statusMessages(this.#tools.process.id, generation, availabilities));
  }
}
