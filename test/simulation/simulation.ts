/**
 * Runs a history: the real code of ours, the original's behaviour, a queue manager, clients and an operator, on one
 * disk in memory, with somebody else's step between any two system calls of ours.
 *
 * Deterministic: a history has one outcome. Ends with everybody finishing what they have, and an undisturbed
 * wake-up and send of each log (at_rest.ts).
 */
import { MemoryClock } from "../../src/memory/clock.ts";
import { MemoryDatagrams } from "../../src/memory/datagrams.ts";
import { MemoryDisk } from "../../src/memory/disk.ts";
import type { Fault, FaultPoint } from "../../src/memory/faults.ts";
import { type FlushRequest, STATUS } from "../../src/wire/request.ts";
import { checkAtRest } from "./at_rest.ts";
import { Client, type Manner } from "./client.ts";
import { type Actors, act } from "./deeds.ts";
import { Mail } from "./mail.ts";
import { meet } from "./meet.ts";
import { Oracle } from "./oracle.ts";
import { OriginalProcess } from "./original_process.ts";
import { IPC_TIMEOUT_SECONDS, OurProcess, type OurWorld, POSTFIX } from "./our_process.ts";
import { Places } from "./places.ts";
import {
  type History,
  LOGS,
  type LogName,
  ORIGINAL_COUNT,
  OUR_COUNT,
  type Settings,
  type Step,
  toldOf,
} from "./step.ts";
import { Tally } from "./tally.ts";
import { type Telling, Trace } from "./trace.ts";
import { shown, type Trouble } from "./trouble.ts";
import { Witness } from "./witness.ts";

/** Turns without anybody doing anything new; a process that needs more is stuck in a loop. */
const TURNS_MAX = 10_000;

/** How long everybody may take to finish what they have, when nothing stands in their way any more. */
const FINISH_MS_MAX = 2 * IPC_TIMEOUT_SECONDS * 1000;

/** How far time moves on at once. */
const STEP_MS_MAX = 5000;

/** The longer a wait has lasted, the larger its steps: so many would last as long again. */
const STEPS_PER_WAIT = 50;

/** Calls after which the record may be another. */
const CHANGING: ReadonlySet<FaultPoint["operation"]> = new Set([
  "open",
  "write",
  "truncate",
  "cut",
  "remove",
  "close",
  "closeWritten",
]);

/** Troubles that wait for their call. */
const TROUBLES_MAX = 6;

/** What came of a history. */
export interface Outcome {
  /** Null: all is as it must be. */
  readonly violation: string | null;
  /** What happened, step by step and call by call; empty where nobody asked for it. */
  readonly trace: readonly string[];
  /** Steps that were taken before that. */
  readonly stepCount: number;
  readonly tally: Tally;
}

/** Runs a history from its beginning. */
export async function run(history: History, telling: Telling): Promise<Outcome> {
  // Errors are what is simulated, by the hundred: nobody reads where they were made.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await new Simulation(history, telling).run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** A call of ours that is about to be made. */
interface Call {
  readonly process: OurProcess;
  readonly point: FaultPoint;
}

class Simulation {
  readonly #time = new MemoryClock();
  readonly #disk = new MemoryDisk(this.#time, POSTFIX);
  readonly #tally = new Tally();
  readonly #mail: Mail;
  readonly #oracle: Oracle;
  readonly #world: OurWorld;
  readonly #witness: Witness;
  readonly #ours: OurProcess[];
  /** Replaced, and still at work. */
  #leaving: OurProcess[] = [];
  /** All of ours: another list where there are others. */
  #all: readonly OurProcess[] = [];
  readonly #originals: OriginalProcess[];
  readonly #holder: OriginalProcess;
  readonly #steps: Step[];
  readonly #actors: Actors;
  readonly #lockedOut = new Map<LogName, number>();
  #processCount = 0;
  #stepCount = 0;
  /** A call has changed something since everything was last looked at. */
  #isChanged = false;
  #callsLeft = 0;
  /** What will go wrong with the next call of its kind. */
  #troubles: readonly Trouble[] = [];
  readonly #trace: Trace;

  constructor({ settings, steps }: History, { isTraced }: Telling) {
    this.#trace = new Trace(isTraced);
    const time = this.#time;
    const disk = this.#disk;
    const places = Places.of(settings.isHashed);
    for (const queue of ["flush", "deferred", "incoming", "active", "hold", "defer"]) {
      disk.makeDirectories(queue);
    }
    this.#mail = new Mail(disk, time, places);
    this.#oracle = new Oracle({ disk, places, mail: this.#mail });
    const logDaemon = new MemoryDatagrams();
    const noteLine = (): void => {
      if (logDaemon.state !== "there") {
        this.#tally.met("log daemon full or gone");
      }
    };
    const oracle = this.#oracle;
    const tell = (what: () => string): void => this.#tell(what);
    this.#witness = new Witness({ time, places, mail: this.#mail, oracle });
    this.#world = {
      time,
      disk,
      places,
      oracle,
      logDaemon,
      settings,
      onCall: (process, point) => this.#onCall(process, point),
      onDone: (process, point) => {
        this.#isChanged ||= CHANGING.has(point.operation);
        this.#witness.done(process, point);
      },
      onLockedOut: (path) => this.#noteLockedOut(path),
      onAnswer: (process, client, status) => this.#onAnswer(process, client, status),
      onDied: (process, path) => this.#witness.died(process, path),
      onLogLine: noteLine,
      onWake: (process, letters) => this.#onWake(process, letters),
      onRefused: (client, process) => this.#ours[this.#successorOf(process)]?.ask(client),
    };
    this.#ours = Array.from({ length: OUR_COUNT }, () => this.#newProcess());
    this.#all = this.#ours.slice();
    const isFragmentOurs = (log: LogName): boolean => this.#witness.isFragmentOurs(log);
    const world = { disk, time, places, oracle, identity: POSTFIX, tell, isFragmentOurs };
    this.#originals = Array.from({ length: ORIGINAL_COUNT }, () => new OriginalProcess(world));
    this.#holder = new OriginalProcess(world);
    this.#actors = {
      ...{ time, disk, places, oracle, tell, logDaemon },
      mail: this.#mail,
      tally: this.#tally,
      originals: this.#originals,
      holder: this.#holder,
      lockedOutCount: (log) => this.#lockedOut.get(log) ?? 0,
      ours: (index) => this.#accepting(index),
      replace: (index) => void this.#replace(index),
      ask: (process, request, manner) => this.#ask(process, request, manner),
    };
    this.#steps = [...steps];
    this.#setCallsLeft();
  }

  async run(): Promise<Outcome> {
    while (this.#steps.length > 0 && this.#oracle.violation === null) {
      await this.#settle();
      const step = this.#takeStep();
      if (step !== null) {
        this.#doStep(step, null);
      }
    }
    this.#troubles = [];
    this.#mail.isDown = false;
    this.#world.logDaemon.state = "there";
    await this.#finish();
    if (this.#oracle.violation === null) {
      await checkAtRest(this.#world, this.#mail, {
        start: (settings) => this.#startAlone(settings),
        ask: async (process, request) => {
          this.#ask(process, request, { is: "prompt" });
          await this.#finish();
        },
      });
    }
    const { violation } = this.#oracle;
    return { violation, trace: this.#trace.lines, stepCount: this.#stepCount, tally: this.#tally };
  }

  /** Runs what is due until nothing is; time stands still but for what looks at the clock cost. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      let hasRun = false;
      for (const process of this.#all) {
        process.drained();
      }
      for (const process of this.#all) {
        hasRun = process.runTurn() || hasRun;
      }
      if (!hasRun) {
        return;
      }
    }
    this.#oracle.charge(`I7: after ${TURNS_MAX} turns there is still something due`);
  }

  /** Lets everybody finish what they have. */
  async #finish(): Promise<void> {
    await this.#releaseLocks();
    const isBusy = (): boolean => this.#all.some((each) => each.isBusy);
    const startMs = this.#time.monotonicMs();
    while (isBusy() && this.#oracle.violation === null) {
      const nowMs = this.#time.monotonicMs();
      if (nowMs > startMs + FINISH_MS_MAX) {
        this.#oracle.charge("I7: a request was never finished");
      }
      const dueMs = Math.min(...this.#all.map((process) => process.nextDueMs)) - nowMs;
      // Who looks again every millisecond, for nothing, is not to look twenty thousand times.
      const patienceMs = (nowMs - startMs) / STEPS_PER_WAIT;
      await this.#pass(Math.min(Math.max(1, dueMs, patienceMs), STEP_MS_MAX));
    }
    for (const process of this.#all) {
      const leftOver = process.isDead ? null : process.leftOver();
      if (leftOver !== null) {
        this.#oracle.charge(leftOver);
      }
    }
    this.#oracle.charge(this.#mail.fault());
  }

  /** Everybody else finishes, who may hold a lock for minutes. */
  async #releaseLocks(): Promise<void> {
    const locks = [...this.#originals, this.#holder];
    await this.#settle();
    const isBusy = (): boolean => locks.some((each) => each.isBusy);
    for (let turn = 0; isBusy() && this.#oracle.violation === null; turn++) {
      if (turn === TURNS_MAX) {
        this.#oracle.charge("I7: somebody waits for a lock that is never free");
      }
      for (const each of locks) {
        each.goOn();
      }
      await this.#pass(this.#holder.isBusy ? STEP_MS_MAX : 1);
    }
  }

  async #pass(ms: number): Promise<void> {
    this.#look();
    this.#time.advance(ms);
    await this.#settle();
  }

  /** Processes are numbered as they are started. */
  #newProcess(settings: Partial<Settings> = {}): OurProcess {
    const world = { ...this.#world, settings: { ...this.#world.settings, ...settings } };
    return new OurProcess(`ours ${this.#processCount++}`, world);
  }

  #startAlone(settings: Partial<Settings>): OurProcess {
    const process = this.#newProcess({ maxUse: 1000, ...settings });
    this.#leaving.push(process);
    this.#all = [...this.#ours, ...this.#leaving];
    return process;
  }

  #ask(process: OurProcess, request: FlushRequest, manner: Manner): void {
    const client = new Client(request, manner, {
      met: (kind) => this.#tally.met(kind),
      charge: (what) => this.#oracle.charge(what),
    });
    if (request.name === "add") {
      this.#witness.asked(request);
    }
    process.ask(client);
  }

  #onAnswer(process: OurProcess, client: Client, status: number): void {
    this.#tell(() => `${process.name}: answers ${status} to ${JSON.stringify(client.request)}`);
    if (client.request.name === "add") {
      this.#witness.answered(process, client.request, status);
    }
    if (status === STATUS.deny || (status === STATUS.bad && !client.mayBeCutShort)) {
      this.#oracle.charge(`I7: ${client.request.name} is answered with ${status}`);
    }
  }

  #onWake(process: OurProcess, letters: string): void {
    const isDown = this.#mail.isDown;
    this.#tell(() => `${process.name}: wakes with ${letters}${isDown ? ", in vain" : ""}`);
    if (isDown) {
      this.#tally.met("queue manager down");
    }
  }

  #accepting(index: number): OurProcess {
    const process = this.#ours[index];
    return process?.isAccepting === true ? process : this.#replace(index);
  }

  /** The successor; its predecessor may still be at work. */
  #replace(index: number): OurProcess {
    const successor = this.#newProcess();
    const predecessor = this.#ours[index];
    this.#ours[index] = successor;
    const leaving = [...this.#leaving, ...(predecessor === undefined ? [] : [predecessor])];
    this.#leaving = leaving.filter((each) => each.isBusy || each.isAtWork);
    this.#all = [...this.#ours, ...this.#leaving];
    return successor;
  }

  #successorOf(process: OurProcess): number {
    const index = this.#ours.indexOf(process);
    if (index >= 0) {
      this.#replace(index);
    }
    return Math.max(0, index);
  }

  #takeStep(): Step | null {
    const step = this.#steps.shift() ?? null;
    this.#stepCount += this.#oracle.violation === null ? 1 : 0;
    this.#setCallsLeft();
    return step;
  }

  #setCallsLeft(): void {
    this.#callsLeft = this.#steps[0]?.afterCalls ?? 0;
  }

  /** Before a call of ours: what is due now happens first. */
  #onCall(process: OurProcess, point: FaultPoint): Fault | null {
    this.#witness.begins();
    if (this.#isChanged) {
      this.#look();
    }
    this.#callsLeft--;
    let fault: Fault | null = null;
    while (this.#callsLeft < 0 && this.#steps.length > 0 && fault === null) {
      const step = this.#takeStep();
      fault = step === null ? null : this.#doStep(step, { process, point });
    }
    fault ??= this.#meetTrouble(point);
    this.#witness.about(process, point, fault);
    this.#tell(() => `${process.name}: ${point.operation} ${point.path}${shown(fault)}`);
    return fault;
  }

  #meetTrouble(point: FaultPoint): Fault | null {
    const { fault, left } = meet(this.#actors, this.#troubles, point);
    this.#troubles = left;
    if (point.operation === "remove" && this.#world.places.isMark(point.path)) {
      fault === null ? this.#oracle.markIsFree() : this.#oracle.markIsStuck();
    }
    return fault;
  }

  #noteLockedOut(path: string): void {
    const log = this.#world.places.logAt(path);
    if (log !== null) {
      this.#lockedOut.set(log, (this.#lockedOut.get(log) ?? 0) + 1);
    }
  }

  /** What happens behind a violation explains nothing. */
  #tell(what: () => string): void {
    if (this.#oracle.violation === null) {
      this.#trace.tell(what);
    }
  }

  /** Nothing may be wrong at any moment. */
  #look(): void {
    this.#isChanged = false;
    this.#oracle.check();
    for (const log of LOGS) {
      this.#oracle.checkLines(log, () => this.#all.some((each) => each.holdsLock(log)));
    }
  }

  /** Does a step; `at` is the call of ours that it comes before, and whose end it may be. */
  #doStep(step: Step, at: Call | null): Fault | null {
    this.#tell(() => toldOf(step));
    if (step.do === "trouble") {
      this.#troubles = [...this.#troubles, step.trouble].slice(-TROUBLES_MAX);
      return null;
    }
    const fault = act(this.#actors, step, at?.process ?? null);
    this.#look();
    return fault;
  }
}
