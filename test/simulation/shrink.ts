/**
 * Makes a failing history shorter, for as long as it fails.
 */
import { run } from "./simulation.ts";
import type { History, Step } from "./step.ts";

/** Each try is a run. */
const TRIES_MAX = 600;

/** "I1" of "I1: ...". */
const KIND_LENGTH = 2;

/** The shortest history found that still violates the same invariant as `violation`. */
export async function shrink(history: History, violation: string): Promise<History> {
  const kind = violation.slice(0, KIND_LENGTH);
  let steps = history.steps;
  let tries = 0;
  const fails = async (candidate: readonly Step[]): Promise<boolean> => {
    tries++;
    return (await run({ ...history, steps: candidate })).violation?.startsWith(kind) === true;
  };
  for (let size = Math.ceil(steps.length / 2); size >= 1 && tries < TRIES_MAX; ) {
    const shorter = await withoutSome(steps, size, fails);
    if (shorter === null) {
      size = Math.floor(size / 2);
    } else {
      steps = shorter;
      size = Math.min(size, steps.length);
    }
  }
  return { ...history, steps };
}

/** Without as many runs of `size` steps as can be missed; null: none can. */
async function withoutSome(
  steps: readonly Step[],
  size: number,
  fails: (candidate: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[] | null> {
  let left = steps;
  for (let end = steps.length; end > 0; end -= size) {
    const candidate = left.toSpliced(Math.max(0, end - size), Math.min(size, end));
    if (await fails(candidate)) {
      left = candidate;
    }
  }
  return left.length < steps.length ? left : null;
}
