/**
 * One set-up at a time on this machine, whatever clone it was started from.
 *
 * The lock is flock(2) on /etc/apt, a directory that is always there: no file of ours is left behind, and the
 * kernel gives the lock back however set-up ends.
 */
import { spawn } from "node:child_process";
import { Refusal } from "./refusal.mjs";

const LOCKED = "/etc/apt";

/** Says how it stands, then holds the lock until its input ends: when set-up has ended, or died. */
const HOLDER = 'exec 9<"$1"; flock -n 9 || { echo busy; flock 9; }; echo held; exec cat >/dev/null';

/**
 * Runs `work` under the lock. A signal ends the wait for it (Interrupted).
 *
 * @template T
 * @param {() => Promise<T>} work
 * @param {import("./signals.mjs").Signals} signals
 * @param {(line: string) => void} say
 * @returns {Promise<T>}
 */
export async function withSetUpLock(work, signals, say) {
  const holder = spawn("sh", ["-ec", HOLDER, "sh", LOCKED], {
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  try {
    // Debian's shell forgets a SIGINT that comes just as it starts a program; the holder has nothing to tidy up.
    signals.passTo(holder.pid ?? null, "SIGKILL");
    const held = await lockHeld(holder, say);
    signals.passTo(null);
    signals.check();
    if (!held) {
      throw new Refusal(
        `set-up could not lock ${LOCKED}: flock (util-linux) and that directory are needed.`,
      );
    }
    return await work();
  } finally {
    holder.stdin.end();
    // A shell that is killed just as it starts flock(1) leaves that behind, waiting, with this pipe open.
    holder.stdout.destroy();
  }
}

/**
 * @param {import("node:child_process").ChildProcessByStdio<import("node:stream").Writable, import("node:stream").Readable, null>} holder
 * @param {(line: string) => void} say
 * @returns {Promise<boolean>} false where the holder ended instead
 */
function lockHeld(holder, say) {
  return new Promise((resolve) => {
    holder.on("error", () => resolve(false));
    holder.on("exit", () => resolve(false));
    holder.stdin.on("error", () => resolve(false));
    holder.stdout.on("data", (words) => {
      if (`${words}`.includes("held")) {
        resolve(true);
      } else {
        say("waiting for another set-up on this machine to end");
      }
    });
  });
}
