/**
 * Runs a history: the real code of ours, the original's behaviour, a queue manager and an operator, on one
 * disk in memory, with somebody else's step between any two system calls of ours.
 *
 * Deterministic: a history has one outcome. Ends with everybody finishing what they have, and an undisturbed
 * send of each log (I4).
 */
import type { Fault, FaultPoint } from "../../src/memory/faults.ts";
import { FlushRig } from "../support/flush_rig.ts";
import { checkAtRest } from "./at_rest.ts";
import { type Actors, act } from "./deeds.ts";
import { CHARGED } from "./known.ts";
import type { Lie } from "./lies.ts";
import { Mail } from "./mail.ts";
import { logAt, Oracle } from "./oracle.ts";
import { OriginalProcess } from "./original_process.ts";
import { OurProcess, type OurWorld, POSTFIX } from "./our_process.ts";
import {
  type History,
  LOGS,
  type LogName,
  MESSAGES,
  ORIGINAL_COUNT,
  OUR_COUNT,
  type Step,
  toldOf,
} from "./step.ts";
import { faultOf } from "./trouble.ts";

/** Turns without anybody doing anything new; a process that needs more is stuck in a loop. */
const TURNS_MAX = 10_000;

/** How long everybody may take to finish what they have. */
const FINISH_MS_MAX = 20_000;

/** What came of a history. */
export interface Outcome {
  /** Null: all is as it must be. */
  readonly violation: string | null;
  /** What happened, step by step and call by call. */
  readonly trace: readonly string[];
}

/** Runs a history from its beginning, with files that tell the truth unless told otherwise. */
export async function run(history: History, lie: Lie | null = null): Promise<Outcome> {
  return await new Simulation(history, lie).run();
}

/** A call of ours that is about to be made. */
interface Call {
  readonly process: OurProcess;
  readonly point: FaultPoint;
}

class Simulation {
  readonly #rig = new FlushRig();
  readonly #oracle: Oracle;
  readonly #mail: Mail;
  readonly #world: OurWorld;
  readonly #ours: OurProcess[];
  /** Replaced, and still at work. */
  #leaving: OurProcess[] = [];
  readonly #originals: OriginalProcess[];
  readonly #steps: Step[];
  #callsLeft = 0;
  /** Texts that one of ours left with an unterminated last line. */
  readonly #ourFragments = new Map<LogName, string>();
  /** What a log held when a process last made a call on it. */
  readonly #textBefore = new Map<LogName, string>();
  /** Processes whose last write was short, until they have closed the file. */
  readonly #shortWriters = new Set<OurProcess>();
  readonly #actors: Actors;
  /** What will go wrong with the next call of its kind. */
  #trouble: Extract<Step, { do: "trouble" }> | null = null;
  readonly #trace: string[] = [];

  constructor(history: History, lie: Lie | null) {
    const { clock, disk } = this.#rig;
    this.#mail = new Mail(disk, () => clock.monotonicMs());
    this.#oracle = new Oracle(disk, (message) => this.#mail.where(message) !== "nowhere");
    this.#world = {
      rig: this.#rig,
      oracle: this.#oracle,
      clockCostMs: history.clockCostMs,
      lie,
      refreshSeconds: history.refreshSeconds,
      onCall: (process, point) => this.#onCall(process, point),
      onDone: (process, point) => this.#onDone(process, point),
      onAnswer: (process, request, status) =>
        this.#tell(`${this.#nameOf(process)}: answers ${status} to ${JSON.stringify(request)}`),
      onDied: (path) => this.#onDied(path),
    };
    this.#ours = Array.from({ length: OUR_COUNT }, () => new OurProcess(this.#world));
    const world = {
      disk,
      time: clock,
      oracle: this.#oracle,
      identity: POSTFIX,
      tell: (what: string) => this.#tell(what),
      isFragmentOurs: (log: LogName) => this.#ourFragments.get(log) === this.#oracle.text(log),
    };
    this.#originals = Array.from({ length: ORIGINAL_COUNT }, () => new OriginalProcess(world));
    this.#actors = {
      time: clock,
      disk,
      mail: this.#mail,
      oracle: this.#oracle,
      tell: (what) => this.#tell(what),
      originals: this.#originals,
      ours: (index) => this.#alive(index),
      replace: (index) => this.#replace(index),
    };
    this.#steps = [...history.steps];
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
    await this.#finish();
    if (this.#oracle.violation === null) {
      await checkAtRest(this.#world, this.#mail, (process) => this.#runAlone(process));
    }
    return { violation: this.#oracle.violation, trace: this.#trace };
  }

  /** Runs what is due until nothing is; time stands still but for what looks at the clock cost. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      for (const process of this.#all()) {
        process.drained();
      }
      const ran = this.#all().filter((process) => process.runTurn());
      if (ran.length === 0) {
        return;
      }
    }
    this.#oracle.charge(`after ${TURNS_MAX} turns there is still something due`);
  }

  async #finish(): Promise<void> {
    this.#trouble = null;
    const isBusy = (): boolean =>
      this.#all().some((each) => each.isBusy) || this.#originals.some((each) => each.isBusy);
    const endMs = this.#rig.clock.monotonicMs() + FINISH_MS_MAX;
    while (isBusy() && this.#oracle.violation === null) {
      if (this.#rig.clock.monotonicMs() > endMs) {
        this.#oracle.charge("a request was never finished");
      }
      for (const original of this.#originals) {
        original.goOn();
      }
      this.#look();
      this.#rig.clock.advance(1);
      await this.#settle();
    }
  }

  /** Runs one process, and time, until its requests are finished. */
  async #runAlone(process: OurProcess): Promise<void> {
    this.#leaving.push(process);
    await this.#finish();
  }

  #alive(index: number): OurProcess {
    const process = this.#ours[index];
    return process === undefined || process.isDead ? this.#replace(index) : process;
  }

  /** The successor; its predecessor may still be at work. */
  #replace(index: number): OurProcess {
    const successor = new OurProcess(this.#world);
    const predecessor = this.#ours[index];
    this.#ours[index] = successor;
    const leaving = [...this.#leaving, ...(predecessor === undefined ? [] : [predecessor])];
    this.#leaving = leaving.filter((each) => each.isBusy || each.isAtWork);
    return successor;
  }

  #all(): OurProcess[] {
    return [...this.#ours, ...this.#leaving];
  }

  #takeStep(): Step | null {
    const step = this.#steps.shift() ?? null;
    this.#setCallsLeft();
    return step;
  }

  #setCallsLeft(): void {
    this.#callsLeft = this.#steps[0]?.afterCalls ?? 0;
  }

  /** Before a call of ours: what is due now happens first. */
  #onCall(process: OurProcess, point: FaultPoint): Fault | null {
    this.#look();
    this.#callsLeft--;
    const at = { process, point };
    let fault: Fault | null = null;
    while (this.#callsLeft < 0 && this.#steps.length > 0 && fault === null) {
      const step = this.#takeStep();
      fault = step === null ? null : this.#doStep(step, at);
    }
    fault ??= this.#meetTrouble(at);
    const log = logAt(point.path);
    if (log !== null) {
      this.#textBefore.set(log, this.#oracle.text(log));
    }
    this.#tell(`${this.#nameOf(process)}: ${point.operation} ${point.path}${shown(fault)}`);
    return fault;
  }

  #nameOf(process: OurProcess): string {
    return `ours ${this.#all().indexOf(process)}`;
  }

  #tell(what: string): void {
    this.#trace.push(what);
  }

  #onDone(process: OurProcess, { operation, path }: FaultPoint): void {
    const log = logAt(path);
    if (log !== null && (operation === "write" || operation === "truncate")) {
      this.#noteFragment(log);
      if (!CHARGED.scrapsOfCuts) {
        this.#oracle.troubled(log);
      }
    }
    if (operation === "close") {
      this.#shortWriters.delete(process);
    }
    if (log !== null && operation === "remove") {
      this.#oracle.removedByOurs(log);
    }
    const message = MESSAGES.find((each) => path.endsWith(`/${each}`));
    if (message !== undefined && process.hasReleased(message, operation, path)) {
      this.#oracle.released(process.locked, message);
    }
  }

  /** What a dead process had locked may be half done. */
  #onDied(path: string): void {
    const log = logAt(path);
    if (log !== null) {
      this.#oracle.troubled(log);
      this.#noteFragment(log);
    }
  }

  /** Notes a fragment that was not there before the call. */
  #noteFragment(log: LogName): void {
    const text = this.#oracle.text(log);
    const before = this.#textBefore.get(log) ?? "";
    const isOlder = lastLine(text) === lastLine(before) && this.#ourFragments.get(log) !== before;
    if (lastLine(text) !== "" && !isOlder) {
      this.#ourFragments.set(log, text);
    }
  }

  /** Nothing may be wrong at any moment. */
  #look(): void {
    this.#oracle.check();
    for (const log of LOGS) {
      if (this.#all().every((process) => !process.locked.includes(log))) {
        this.#oracle.checkLines(log);
      }
    }
  }

  /** Does a step; `at` is the call of ours that it comes before, and whose end it may be. */
  #doStep(step: Step, at: Call | null): Fault | null {
    this.#tell(toldOf(step));
    if (step.do === "trouble") {
      this.#trouble = step;
      return null;
    }
    const fault = act(this.#actors, step, at?.process ?? null);
    this.#look();
    return fault;
  }

  /** The trouble that waits for such a call, as the call's fault. */
  #meetTrouble(at: Call): Fault | null {
    const waiting = this.#trouble;
    if (waiting === null || (waiting.at !== "any" && waiting.at !== at.point.operation)) {
      return null;
    }
    this.#trouble = null;
    const log = logAt(at.point.path);
    const fault = faultOf(waiting.trouble, at.point, {
      position: at.process.files.writePosition,
      sizeBytes: log === null ? 0 : this.#oracle.text(log).length,
      isAfterShortWrite: this.#shortWriters.has(at.process),
    });
    if (fault?.takeBytes !== undefined) {
      this.#shortWriters.add(at.process);
    }
    if (fault !== null && log !== null) {
      this.#oracle.troubled(log);
    }
    return fault;
  }
}

/** What stands behind the last newline. */
function lastLine(text: string): string {
  return text.slice(text.lastIndexOf("\n") + 1);
}

function shown(fault: Fault | null): string {
  if (fault === null) {
    return "";
  }
  const { error, takeBytes, crash } = fault;
  const parts = [error?.code, takeBytes === undefined ? "" : `takes ${takeBytes}`, crash];
  return ` (${parts.filter((part) => part).join(", ")})`;
}
