/**
 * A clock driven by hand: effects/clock.ts without time passing by itself.
 *
 * Guarantees the same order in every run: timers by the time they are due, then by the order in which
 * they were set; all turns that are due run before time moves on. `monotonicMs` starts at 0 and stands still
 * while code runs, so a job that works "for 2 ms" must be told otherwise: see `costMs` and `work`.
 */
import type { Clock, Timer } from "../effects/clock.ts";

/** 2026-01-01 00:00:00 UTC: a date that looks like one in failure messages. */
const WALL_START_MS = 1_767_225_600_000;

/** Turns without time moving on. A job that needs more waits for something that cannot come. */
const TURNS_MAX = 1_000_000;

interface PendingTimer {
  readonly dueMs: number;
  readonly run: () => void;
}

export class MemoryClock implements Clock {
  /** Milliseconds that each reading of `monotonicMs` takes; above 0, time slices come to an end. */
  costMs = 0;
  #nowMs = 0;
  #wallAheadMs: number;
  /** In order of setting. */
  readonly #timers = new Set<PendingTimer>();
  #turns: (() => void)[] = [];

  constructor(wallStartMs = WALL_START_MS) {
    this.#wallAheadMs = wallStartMs;
  }

  wallMs(): number {
    return Math.floor(this.#wallAheadMs + this.#nowMs);
  }

  monotonicMs(): number {
    this.#nowMs += this.costMs;
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), run };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  nextTurn(run: () => void): void {
    this.#turns.push(run);
  }

  /** The code that calls works for so long: time moves on, and nothing else can happen. */
  work(ms: number): void {
    this.#nowMs += ms;
  }

  /** Somebody sets the wall clock: `wallMs` jumps, durations do not. */
  jumpWall(byMs: number): void {
    this.#wallAheadMs += byMs;
  }

  /** Whether somebody waits for the next turn of the event loop. */
  get isTurnAwaited(): boolean {
    return this.#turns.length > 0;
  }

  /** Runs what is due in this turn of the event loop; what that asks for is due in the next one. */
  runTurn(): void {
    const due = this.#turns;
    this.#turns = [];
    for (const run of due) {
      run();
    }
  }

  /** Runs turns until none is asked for. */
  runTurns(): void {
    for (let count = 0; this.#turns.length > 0; count++) {
      if (count === TURNS_MAX) {
        throw new Error(`nextTurn was asked for ${TURNS_MAX} times without time moving on`);
      }
      this.runTurn();
    }
  }

  /** Lets time pass, and everything happen that happens in it. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    this.runTurns();
    for (let timer = this.#earliest(); timer && timer.dueMs <= endMs; timer = this.#earliest()) {
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      timer.run();
      this.runTurns();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }

  #earliest(): PendingTimer | undefined {
    let earliest: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (earliest === undefined || timer.dueMs < earliest.dueMs) {
        earliest = timer;
      }
    }
    return earliest;
  }
}
