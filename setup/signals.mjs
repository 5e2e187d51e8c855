/**
 * Signals during set-up, and on their way to the program that set-up hands over to.
 *
 * Children run in sessions of their own, so that the terminal's Ctrl-C reaches them only through here: a
 * package installation must not be cut in two, and the demo must see one press as one signal, although both
 * the terminal and npm deliver it to this process.
 */
import { Interrupted } from "./refusal.mjs";

/** @type {readonly NodeJS.Signals[]} */
const STOPPING = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The terminal's copy of a signal and npm's arrive within milliseconds; a second press takes longer. */
const REPEAT_MS = 300;

/** Remembers the first signal, and passes every one on to a child's process group where one is named. */
export class Signals {
  /** @type {NodeJS.Signals | null} */
  #received = null;
  /** @type {number | null} */
  #group = null;
  /** @type {NodeJS.Signals | null} */
  #instead = null;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** From now on no stopping signal ends this process by itself. */
  listen() {
    for (const signal of STOPPING) {
      process.on(signal, () => this.#take(signal));
    }
  }

  /**
   * Signals go to this process group until `null` is given; where `instead` is given, as that signal.
   *
   * @param {number | null} group
   * @param {NodeJS.Signals | null} instead
   */
  passTo(group, instead = null) {
    this.#group = group;
    this.#instead = instead;
  }

  /** Throws Interrupted if a signal has come since listen(). */
  check() {
    if (this.#received !== null) {
      throw new Interrupted(this.#received);
    }
  }

  /** @param {NodeJS.Signals} signal */
  #take(signal) {
    const now = performance.now();
    if (now - this.#lastMs < REPEAT_MS) {
      return;
    }
    this.#lastMs = now;
    this.#received ??= signal;
    if (this.#group !== null) {
      signalGroup(this.#group, this.#instead ?? signal);
    }
  }
}

/**
 * @param {number} group
 * @param {NodeJS.Signals} signal
 */
function signalGroup(group, signal) {
  try {
    process.kill(-group, signal);
  } catch {
    // The group has ended by itself meanwhile: nobody is left to be told.
  }
}
