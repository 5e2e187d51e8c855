/**
 * Runs the history of one seed; where it violates an invariant, makes it as short as it can.
 */
import { drawHistory } from "./draw.ts";
import { shrink } from "./shrink.ts";
import { run } from "./simulation.ts";
import type { Settings } from "./step.ts";
import type { Tally } from "./tally.ts";

/** "I1" of "I1: ...": a history is made shorter as long as it violates the same. */
const KIND_LENGTH = 2;

/** A seed that failed, as short as it could be made. */
export interface Failure {
  readonly seed: number;
  readonly violation: string;
  readonly settings: Settings;
  readonly stepCount: number;
  readonly trace: readonly string[];
}

/** The violation of a seed's history, and its faults. */
export async function runSeed(
  seed: number,
  steps: number,
): Promise<{ readonly violation: string | null; readonly tally: Tally }> {
  return await run(drawHistory(seed, steps), { isTraced: false });
}

/** The shortest history found that fails in the way in which that seed does. */
export async function explain(seed: number, steps: number): Promise<Failure> {
  const history = drawHistory(seed, steps);
  const first = await run(history, { isTraced: false });
  const kind = first.violation?.slice(0, KIND_LENGTH) ?? "none";
  const shortest = await shrink(
    { ...history, steps: history.steps.slice(0, first.stepCount) },
    async (shorter) =>
      (await run(shorter, { isTraced: false })).violation?.startsWith(kind) === true,
  );
  const { violation, trace } = await run(shortest, { isTraced: true });
  const { settings, steps: left } = shortest;
  return { seed, violation: violation ?? "", settings, stepCount: left.length, trace };
}
