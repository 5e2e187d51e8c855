/**
 * Makes a failing history shorter, for as long as it fails.
 */
import type { History, Step } from "./step.ts";

/** Each try is a run, and takes some hundredths of a second. */
const TRIES_MAX = 3000;

/** The shortest history found for which `fails` is still true. */
export async function shrink(
  history: History,
  fails: (shorter: History) => Promise<boolean>,
): Promise<History> {
  let { steps } = history;
  let tries = 0;
  const stillFails = async (rest: readonly Step[]): Promise<boolean> =>
    tries++ < TRIES_MAX && (await fails({ ...history, steps: rest }));
  for (let size = Math.ceil(steps.length / 2); size >= 1; ) {
    const shorter = await withoutSome(steps, size, stillFails);
    // Once something is gone, more of that size may go too.
    size = shorter.length < steps.length ? Math.min(size, shorter.length) : Math.floor(size / 2);
    steps = shorter;
  }
  return { ...history, steps: await atOnce(steps, stillFails) };
}

/** As many steps as can do without waiting for calls don't. */
async function atOnce(
  steps: readonly Step[],
  fails: (changed: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[]> {
  let changed = steps;
  for (const [index, step] of steps.entries()) {
    const other = changed.with(index, { ...step, afterCalls: 0 });
    if (step.afterCalls > 0 && (await fails(other))) {
      changed = other;
    }
  }
  return changed;
}

/** Without as many runs of `size` steps as can be missed, from the last on. */
async function withoutSome(
  steps: readonly Step[],
  size: number,
  stillFails: (rest: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[]> {
  let left = steps;
  for (let end = steps.length; end > 0; end -= size) {
    const rest = left.toSpliced(Math.max(0, end - size), Math.min(size, end));
    if (await stillFails(rest)) {
      left = rest;
    }
  }
  return left;
}
