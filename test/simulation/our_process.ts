/**
 * A process of ours: the real FlushService over the shared disk, with its own clock, files and clients.
 */
import type { FaultHook, FaultPoint } from "../../src/memory/faults.ts";
import { siteName } from "../../src/names/names.ts";
import { type FlushRequest, STATUS, type Status } from "../../src/wire/request.ts";
import { FlushRig } from "../support/flush_rig.ts";
import { CHARGED } from "./known.ts";
import type { Lie } from "./lies.ts";
import { HASHING } from "./mail.ts";
import { logAt, logPath, type Oracle } from "./oracle.ts";
import { ProcessClock } from "./process_clock.ts";
import { type CallWatcher, ProcessFiles } from "./process_files.ts";
import { LOGS, type LogName, type Message, SITES } from "./step.ts";

/** The mail owner. */
export const POSTFIX = { uid: 102, gid: 105 };

/** What a process of ours shares with others. */
export interface OurWorld {
  /** Has the clock and the disk that all use. */
  readonly rig: FlushRig;
  readonly oracle: Oracle;
  readonly clockCostMs: number;
  /** What files tell our processes that is not so. */
  readonly lie: Lie | null;
  /** A refresh sends logs that were not read for longer. */
  readonly refreshSeconds: number;
  /** Called before every call. */
  readonly onCall: (process: OurProcess, point: FaultPoint) => ReturnType<FaultHook>;
  /** Called when a call has had its effect. */
  readonly onDone: (process: OurProcess, point: FaultPoint) => void;
  readonly onAnswer: (process: OurProcess, request: FlushRequest, status: Status) => void;
  /** Called for what a process had locked when it was killed. */
  readonly onDied: (path: string) => void;
}

export class OurProcess {
  readonly files: ProcessFiles;
  readonly #world: OurWorld;
  readonly #clock: ProcessClock;
  readonly #rig: FlushRig;
  /** When it last looked at a log. */
  readonly #lookedAt = new Map<LogName, number>();
  /** Messages that it made due in deferred, and has not yet seen in incoming. */
  readonly #madeDue = new Set<Message>();
  /** When it last tried to lock a log that it did not hold. */
  readonly #triedAt = new Map<LogName, number>();
  #waiting = 0;
  #isInTurn = false;
  #isInCall = false;
  #hasPromises = false;

  constructor(world: OurWorld) {
    this.#world = world;
    this.#clock = new ProcessClock(world.rig.clock, world.clockCostMs);
    const watcher: CallWatcher = {
      done: (point) => this.#noteCall(point),
      died: (locked) => {
        for (const path of locked) {
          world.onDied(path);
        }
      },
    };
    this.files = new ProcessFiles(world.rig.disk, POSTFIX, watcher, world.lie);
    // Writes are torn anywhere.
    this.files.pageBytes = 1;
    this.files.fault = (point) => {
      this.#isInCall = true;
      try {
        return world.onCall(this, point);
      } finally {
        this.#isInCall = false;
      }
    };
    this.#rig = new FlushRig(
      {
        clock: this.#clock,
        files: this.files,
        hashing: HASHING,
        refreshSeconds: world.refreshSeconds,
        // Each walk removes logs that are empty for a second.
        purgeSeconds: 0,
      },
      world.rig,
    );
  }

  get isDead(): boolean {
    return this.files.isDead;
  }

  /** Whether clients of it wait, or its last job has not ended. */
  get isBusy(): boolean {
    return !this.isDead && this.#waiting > 0;
  }

  /** Whether some of its code waits for another's to return. */
  get isAtWork(): boolean {
    return this.#isInTurn || this.#isInCall;
  }

  /** The logs that it has locked. */
  get locked(): LogName[] {
    return LOGS.filter((log) => this.files.holdsLock(logPath(log)));
  }

  add(log: LogName, message: Message): void {
    const site = siteName(SITES[LOGS.indexOf(log)] ?? "");
    this.#ask({ name: "add", site, queueId: message }, (status) => {
      if (status === STATUS.ok) {
        this.#world.oracle.answered(log, message, this.#lastLookAt(log));
      }
    });
    this.#world.oracle.asked(log, message);
  }

  sendSite(log: LogName): void {
    this.#ask({ name: "send_site", site: siteName(SITES[LOGS.indexOf(log)] ?? "") });
  }

  sendFile(message: Message): void {
    this.#ask({ name: "send_file", queueId: message });
  }

  walk(name: "refresh" | "purge"): void {
    this.#ask({ name });
  }

  /**
   * Whether a call that has succeeded released the message: it was moved to incoming, made due there, or
   * found there when somebody else had moved it after it was made due.
   */
  hasReleased(message: Message, operation: FaultPoint["operation"], path: string): boolean {
    const isIncoming = path.startsWith("incoming/");
    if (operation === "setTimes" && !isIncoming) {
      this.#madeDue.add(message);
    }
    const isFound = operation === "isThere" && isIncoming && this.#madeDue.has(message);
    const isReleased =
      operation === "rename" || (operation === "setTimes" && isIncoming) || isFound;
    if (isReleased) {
      this.#madeDue.delete(message);
    }
    return isReleased;
  }

  /** SIGKILL. What it held of logs may be half done. */
  kill(): void {
    this.files.kill();
  }

  /** It has been replaced, and finishes what it has. */
  leave(): void {
    this.#rig.service.leave();
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
    } finally {
      this.#isInTurn = false;
    }
    return next !== undefined;
  }

  /** All promises have been gone through. */
  drained(): void {
    this.#hasPromises = false;
  }

  /** Asks in its next turn: a process that is inside a call hears nobody. */
  #ask(request: FlushRequest, answered: (status: Status) => void = () => {}): void {
    this.#waiting++;
    let isFinished = false;
    this.#clock.nextTurn(() => {
      this.#rig.service.handle(request, {
        peer: null,
        isGone: false,
        report: () => null,
        answer: (status) => {
          if (!this.isDead) {
            this.#world.onAnswer(this, request, status);
            answered(status);
          }
        },
        finish: () => {
          if (isFinished) {
            this.#world.oracle.charge(`${request.name} was finished twice`);
          }
          isFinished = true;
          this.#waiting--;
        },
      });
    });
  }

  /** When it last could see whether the log is still there. */
  #lastLookAt(log: LogName): number {
    const isInHand = this.files.holdsLock(logPath(log)) && !CHARGED.skipsInRemovedLog;
    return (isInHand ? this.#triedAt : this.#lookedAt).get(log) ?? 0;
  }

  #noteCall(point: FaultPoint): void {
    const log = logAt(point.path);
    if (log !== null && point.operation === "tryLock" && !this.files.holdsLock(point.path)) {
      this.#triedAt.set(log, this.#world.oracle.now());
    }
    if (log !== null && (point.operation === "status" || point.operation === "statusOf")) {
      this.#lookedAt.set(log, this.#world.oracle.now());
    }
    this.#world.onDone(this, point);
  }
}
