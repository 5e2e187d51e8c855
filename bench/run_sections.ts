/**
 * Runs sections one after the other: what one of them does wrong ends that one, and the others go on.
 *
 * They share a stage. After a failure it is taken down, with all that runs on it, and the next section has a new one.
 * A section that takes longer than its limit has failed; what it still does then meets a stage that is gone.
 */
import type { Bench, Findings, Section } from "./section.ts";
import { WrongResult } from "./wrong_result.ts";

/** Where sections play. */
interface Stage {
  readonly bench: Bench;
  /** What was logged since the last call that should not have been; empty when all went well. */
  readonly takeComplaints: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** What came of a section: findings, or why there are none. */
export interface Outcome {
  readonly section: Section;
  readonly result: Findings | { readonly failure: string };
  readonly seconds: number;
}

/** How sections are run. */
export interface Run {
  readonly openStage: () => Promise<Stage>;
  /** Longest time for one section. */
  readonly limitMs: number;
  /** Hears of each section as it ends. */
  readonly onEnd: (outcome: Outcome) => void;
}

/** Rejects when `work` takes longer. */
async function inTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new WrongResult(`measure: not done within ${limitMs / 1000} s`)),
    limitMs,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function play(section: Section, stage: Stage, limitMs: number): Promise<Findings> {
  const findings = await inTime(section.measure(stage.bench), limitMs);
  const [complaint] = stage.takeComplaints();
  if (complaint !== undefined) {
    throw new WrongResult(`read the log: ${complaint}`);
  }
  return findings;
}

/** Runs them all. Throws only where a stage can't be opened or closed. */
export async function runSections(sections: readonly Section[], run: Run): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let stage: Stage | null = null;
  try {
    for (const section of sections) {
      stage ??= await run.openStage();
      const startMs = performance.now();
      const outcome = (result: Outcome["result"]): Outcome => {
        return { section, result, seconds: (performance.now() - startMs) / 1000 };
      };
      try {
        outcomes.push(outcome(await play(section, stage, run.limitMs)));
      } catch (error) {
        outcomes.push(outcome({ failure: error instanceof Error ? error.message : String(error) }));
        const failed: Stage = stage;
        stage = null;
        await failed.close();
      }
      run.onEnd(outcomes.at(-1) as Outcome);
    }
  } finally {
    await stage?.close();
  }
  return outcomes;
}
