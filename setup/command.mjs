/**
 * Other programs, as set-up runs them: asked for their output, run to their end, or handed over to.
 *
 * A program that cannot be started counts as one that failed with status 127, as in a shell.
 */
import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";

const NOT_STARTED = 127;
const SIGNALLED = 128;

/** What apt-get and npm say goes here: far more than either says, and bounded. */
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

/**
 * @typedef {object} Ended
 * @property {number} status the exit status; 128 and the signal's number after a signal
 * @property {string} output what it printed, on both streams
 */

/**
 * Runs a short command to its end.
 *
 * @param {readonly [string, ...string[]]} argv
 * @param {{ input?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Ended}
 */
export function ask([program, ...args], { input = "", env = process.env } = {}) {
  const ended = spawnSync(program, args, {
    input,
    env: { ...env, LC_ALL: "C.UTF-8" },
    encoding: "utf8",
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  if (ended.error !== undefined) {
    return { status: NOT_STARTED, output: ended.error.message };
  }
  return { status: statusOf(ended.status, ended.signal), output: ended.stdout + ended.stderr };
}

/**
 * Runs a step of set-up that takes its time, gathering what it prints. It does not see signals unless
 * `interruptible`; either way a signal ends set-up (Interrupted) once the step has ended.
 *
 * @param {readonly [string, ...string[]]} argv
 * @param {import("./signals.mjs").Signals} signals
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, interruptible?: boolean }} [options]
 * @returns {Promise<Ended>}
 */
export async function step([program, ...args], signals, options = {}) {
  const { cwd, env = process.env, interruptible = false } = options;
  signals.check();
  const child = spawn(program, args, {
    cwd,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  /** @type {Buffer[]} */
  const pieces = [];
  child.stdout.on("data", (piece) => pieces.push(piece));
  child.stderr.on("data", (piece) => pieces.push(piece));
  signals.passTo(interruptible ? (child.pid ?? null) : null);
  const status = await ending(child);
  signals.passTo(null);
  signals.check();
  return { status, output: Buffer.concat(pieces).toString("utf8") };
}

/**
 * Lets another program take this one's place as far as Node.js allows: it has the terminal and gets the
 * signals, and its status is returned.
 *
 * @param {readonly [string, ...string[]]} argv
 * @param {import("./signals.mjs").Signals} signals
 * @param {string} cwd
 * @returns {Promise<number>}
 */
export async function handOver([program, ...args], signals, cwd) {
  signals.check();
  const child = spawn(program, args, { cwd, detached: true, stdio: "inherit" });
  signals.passTo(child.pid ?? null);
  const status = await ending(child);
  signals.passTo(null);
  return status;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<number>}
 */
function ending(child) {
  return new Promise((resolve) => {
    child.on("error", () => resolve(NOT_STARTED));
    child.on("close", (status, signal) => resolve(statusOf(status, signal)));
  });
}

/**
 * @param {number | null} status
 * @param {NodeJS.Signals | null} signal
 */
export function statusOf(status, signal) {
  return status ?? SIGNALLED + (signal === null ? 0 : constants.signals[signal]);
}
