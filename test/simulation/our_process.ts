/**
 * A process of ours: the real server and the real service over the shared disk, with its own clock, files, clients,
 * log and channel to master.
 */
import type { DaemonProcess } from "../../src/effects/daemon_process.ts";
import { errorCode } from "../../src/effects/os_error.ts";
import type { PeerConnection } from "../../src/effects/peers.ts";
import type { QueueManager } from "../../src/effects/triggers.ts";
import { FlushService } from "../../src/flush/flush_service.ts";
import { DaemonLog } from "../../src/logging/daemon_log.ts";
import { serve } from "../../src/master/server.ts";
import type { MemoryClock } from "../../src/memory/clock.ts";
import type { MemoryDatagrams } from "../../src/memory/datagrams.ts";
import type { MemoryDisk } from "../../src/memory/disk.ts";
import type { FaultHook, FaultPoint } from "../../src/memory/faults.ts";
import { MemoryPeers } from "../../src/memory/peers.ts";
import { MemoryStatusChannel } from "../../src/memory/status_channel.ts";
import { parseLogfileName } from "../../src/names/names.ts";
import type { Exchange, FlushRequest } from "../../src/wire/request.ts";
import type { Client } from "./client.ts";
import type { Oracle } from "./oracle.ts";
import type { Places } from "./places.ts";
import { ProcessClock } from "./process_clock.ts";
import { type CallWatcher, ProcessFiles } from "./process_files.ts";
import { Releases } from "./releases.ts";
import { LOGS, type LogName, type Settings, SITES } from "./step.ts";

/** The mail owner. */
export const POSTFIX = { uid: 102, gid: 105 };

/** How long a client may be silent. */
export const IPC_TIMEOUT_SECONDS = 10;

/** A walk works on 64 logs at a time (record_walk.ts); here are fewer, and some directories. */
const DESCRIPTORS_MAX = 64;

/** How long the disk takes to forget what is cut off in the background: time for others to come. */
const CUT_MS = 5;

/** What a process waits for: some for each client and log, one for each timer of its own. */
const TIMERS_MAX = 1000;

const SERVER = {
  serviceName: "flush",
  generation: 1,
  clientsMax: 50,
  startedInMs: 10,
  maxIdleSeconds: 100,
  ipcTimeoutSeconds: IPC_TIMEOUT_SECONDS,
  daemonTimeoutSeconds: 18_000,
  isGreeting: true,
  ownerUid: POSTFIX.uid,
  leftOver: [],
};

/** What a process of ours shares with others. */
export interface OurWorld {
  /** The time and the disk that all use. */
  readonly time: MemoryClock;
  readonly disk: MemoryDisk;
  readonly places: Places;
  readonly oracle: Oracle;
  readonly logDaemon: MemoryDatagrams;
  readonly settings: Settings;
  /** Called before every call. */
  readonly onCall: (process: OurProcess, point: FaultPoint) => ReturnType<FaultHook>;
  /** Called when a call has had its effect. */
  readonly onDone: (process: OurProcess, point: FaultPoint) => void;
  /** Called when somebody else holds the lock. */
  readonly onLockedOut: (path: string) => void;
  readonly onAnswer: (process: OurProcess, client: Client, status: number) => void;
  /** Called for what a process had locked when it was killed. */
  readonly onDied: (process: OurProcess, path: string) => void;
  /** Called when it has a line for the log daemon. */
  readonly onLogLine: () => void;
  /** Called when it has woken the queue manager. */
  readonly onWake: (process: OurProcess, letters: string) => void;
  /** Called where it accepts nobody any more: the client goes to its successor. */
  readonly onRefused: (client: Client, process: OurProcess) => void;
}

export class OurProcess {
  /** As a trace has it. */
  readonly name: string;
  readonly files: ProcessFiles;
  readonly releases = new Releases();
  readonly #world: OurWorld;
  readonly #clock: ProcessClock;
  readonly #log: DaemonLog;
  readonly #service: FlushService;
  readonly #peers: MemoryPeers;
  readonly #channel = new MemoryStatusChannel();
  readonly #clients = new Set<Client>();
  /** Requests that are being executed. */
  readonly #requests = new Set<FlushRequest>();
  /** Who is connecting, or sending, in this very call. */
  #client: Client | null = null;
  /** When it last looked at a log. */
  readonly #lookedAt = new Map<LogName, number>();
  #isAccepting = true;
  #hasLeft = false;
  #isInTurn = false;
  #isInCall = false;
  #hasPromises = false;

  constructor(name: string, world: OurWorld) {
    this.name = name;
    this.#world = world;
    this.#clock = new ProcessClock(world.time, world.settings.clockCostMs);
    this.files = this.#makeFiles();
    this.#peers = new MemoryPeers();
    this.#log = this.#makeLog();
    this.#service = new FlushService({
      files: this.files,
      clock: this.#clock,
      log: this.#log,
      queueManager: this.#makeQueueManager(),
      hashing: world.places.hashing,
      groupId: POSTFIX.gid,
      recordsAny: true,
      eligible: (site) => (SITES.some((each) => each === site) ? "match" : "no-match"),
      logfileName: (site) => parseLogfileName(site.replaceAll(".", "_")),
      canonicalDomain: (domain) => domain,
      isExact: true,
      refreshSeconds: world.settings.refreshSeconds,
      purgeSeconds: world.settings.purgeSeconds,
    });
    this.#serve();
  }

  get isDead(): boolean {
    return this.files.isDead;
  }

  /** Whether clients of it wait, or work that they asked for has not ended. */
  get isBusy(): boolean {
    return !this.isDead && this.#clients.size + this.#requests.size > 0;
  }

  /** Whether some of its code waits for another's to return. */
  get isAtWork(): boolean {
    return this.#isInTurn || this.#isInCall;
  }

  /** Whether it takes clients; otherwise it is time for a successor. */
  get isAccepting(): boolean {
    return this.#isAccepting && !this.isDead;
  }

  /** When it next has something to do, in the time of all; infinite: never. */
  get nextDueMs(): number {
    return this.isDead ? Number.POSITIVE_INFINITY : this.#clock.nextDueMs;
  }

  /** The logs that it has locked. */
  get locked(): LogName[] {
    return LOGS.filter((log) => this.holdsLock(log));
  }

  /** Whether it has locked that log. */
  holdsLock(log: LogName): boolean {
    return this.files.holdsLock(this.#world.places.log(log));
  }

  /** The requests that are being executed. */
  get requests(): ReadonlySet<FlushRequest> {
    return this.#requests;
  }

  /** A client comes in its next turn: a process that is inside a call hears nobody. */
  ask(client: Client): void {
    this.#clients.add(client);
    this.#clock.nextTurn(() => this.#connect(client));
  }

  /** When it last could see whether the log is still there; infinite: it has written since, and not looked. */
  lastLookAt(log: LogName): number {
    return this.#lookedAt.get(log) ?? 0;
  }

  /** SIGKILL. What it held of logs may be half done. */
  kill(): void {
    this.files.kill();
  }

  /** Master closes its end: it has been replaced, and finishes what it has. */
  leave(): void {
    this.#isAccepting = false;
    this.#clock.nextTurn(() => this.#channel.end());
  }

  /**
   * Runs the callback that is due next, as an event loop does: promises come before the one after it (see
   * `drained`). False: nothing is due, or it can't be now.
   */
  runTurn(): boolean {
    if (this.isAtWork || this.#hasPromises || this.isDead) {
      return false;
    }
    const next = this.#clock.takeNext();
    this.#hasPromises = next !== undefined;
    this.#isInTurn = true;
    try {
      next?.();
    } catch (caught) {
      this.#world.oracle.charge(`bug: ${String(caught)}`);
    } finally {
      this.#isInTurn = false;
    }
    return next !== undefined;
  }

  /** All promises have been gone through. */
  drained(): void {
    this.#hasPromises = false;
    for (const client of this.#clients) {
      if (client.isServed || this.isDead) {
        this.#clients.delete(client);
      }
    }
    this.#checkBounds();
  }

  /** What it should have let go of, now that it has nothing to do; null: nothing. */
  leftOver(): string | null {
    if (this.files.openCount > 0) {
      return `I8: ${this.files.openCount} descriptors are still open`;
    }
    if (this.releases.owesWakeUp) {
      return "I6: mail was released and the queue manager not woken";
    }
    return this.#channel.isEnded && !this.#hasLeft
      ? "I7: it was replaced and does not leave"
      : null;
  }

  #serve(): void {
    const { oracle, settings } = this.#world;
    const tools = {
      clock: this.#clock,
      log: this.#log,
      peers: {
        listen: (accept: Parameters<MemoryPeers["listen"]>[0]) =>
          this.#peers.listen((connection) => accept(this.#watched(connection))),
      },
      channel: this.#channel,
      outdated: null,
      handler: {
        handle: (request: FlushRequest, exchange: Exchange) => this.#handle(request, exchange),
        leave: () => this.#service.leave(),
      },
      process: { armWatchdog: () => undefined, compileSooner: () => undefined } as Pick<
        DaemonProcess,
        "armWatchdog" | "compileSooner"
      > as DaemonProcess,
    };
    void serve(tools, { ...SERVER, maxUse: settings.maxUse }).then(() => {
      this.#hasLeft = true;
      if (this.#requests.size > 0 && !this.isDead) {
        oracle.charge(`I7: it leaves ${this.#requests.size} requests behind`);
      }
    });
  }

  #connect(client: Client): void {
    this.#client = client;
    try {
      client.connect(this.#peers, this.#clock);
    } catch (caught) {
      if (errorCode(caught) !== "ECONNREFUSED") {
        throw caught;
      }
      this.#isAccepting = false;
      this.#clients.delete(client);
      this.#world.onRefused(client, this);
    } finally {
      this.#client = null;
    }
  }

  #watched(connection: PeerConnection): PeerConnection {
    const client = this.#client;
    return client === null
      ? connection
      : client.watched(
          connection,
          () => !this.isDead,
          (status) => this.#world.onAnswer(this, client, status),
        );
  }

  #handle(request: FlushRequest, exchange: Exchange): void {
    if (this.#client?.mayBeServed === false) {
      this.#world.oracle.charge(`I7: ${request.name} of a client that was gone is executed`);
    }
    let isFinished = false;
    this.#requests.add(request);
    this.#service.handle(request, {
      get peer() {
        return exchange.peer;
      },
      get isGone() {
        return exchange.isGone;
      },
      report: (bytes) => exchange.report(bytes),
      answer: (status) => exchange.answer(status),
      finish: () => {
        if (isFinished) {
          this.#world.oracle.charge(`I7: ${request.name} was finished twice`);
        }
        isFinished = true;
        this.#requests.delete(request);
        exchange.finish();
      },
    });
  }

  #makeFiles(): ProcessFiles {
    const { disk, onCall, onDied, onLockedOut } = this.#world;
    const watcher: CallWatcher = {
      done: (point) => this.#noteCall(point),
      lockedOut: onLockedOut,
      died: (locked) => {
        for (const path of locked) {
          onDied(this, path);
        }
      },
    };
    const files = new ProcessFiles(disk, POSTFIX, watcher);
    // Writes are torn anywhere.
    files.pageBytes = 1;
    files.whenCut = (end) => this.#clock.after(CUT_MS, end);
    files.fault = (point) => {
      this.#isInCall = true;
      try {
        return onCall(this, point);
      } finally {
        this.#isInCall = false;
      }
    };
    return files;
  }

  #makeLog(): DaemonLog {
    const { time, logDaemon, onLogLine } = this.#world;
    const toLocalTime = () => ({ month: 0, day: 1, hours: 0, minutes: 0, seconds: 0 });
    return new DaemonLog(
      { clock: this.#clock, toLocalTime },
      {
        socket: {
          send: (bytes) => {
            onLogLine();
            return logDaemon.send(bytes);
          },
          close: () => undefined,
        },
        format: { kind: "syslog", facility: 2 },
        name: "postfix/flush",
        processId: 1 + Math.floor(time.monotonicMs()),
        keepUtf8: false,
      },
    );
  }

  #makeQueueManager(): QueueManager {
    return {
      wake: (letters) => {
        if (!this.isDead) {
          this.releases.woken(letters);
          this.#world.onWake(this, letters);
        }
      },
      settled: () => Promise.resolve(),
    };
  }

  #noteCall(point: FaultPoint): void {
    const log = this.#world.places.logAt(point.path);
    if (log !== null && (point.operation === "status" || point.operation === "statusOf")) {
      this.#lookedAt.set(log, this.#world.oracle.now());
    } else if (log !== null && point.operation === "write") {
      // Who has written must look again.
      this.#lookedAt.set(log, Number.POSITIVE_INFINITY);
    }
    this.#world.onDone(this, point);
  }

  #checkBounds(): void {
    const { oracle } = this.#world;
    if (this.files.openCount > DESCRIPTORS_MAX) {
      oracle.charge(`I8: ${this.files.openCount} descriptors are open`);
    }
    if (this.#clock.pendingCount > TIMERS_MAX) {
      oracle.charge(`I8: ${this.#clock.pendingCount} timers are set`);
    }
  }
}
