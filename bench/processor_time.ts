/**
 * The processor time of a whole instance: of all processes that run from its folder, and of those that have ended.
 * The kernel counts in hundredths of a second.
 *
 * By the clock a busy machine shows mostly what others do; this shows what the work costs.
 */
import { processorSecondsBelow } from "../lab/processes.ts";

/** The least time that the kernel shows. */
const TICK_SECONDS = 0.01;

/** Does `work` and says what processor time everything under `folder` took meanwhile; less than a tick counts as one. */
export async function processorTimeOf<T>(
  folder: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly cpu_seconds: number }> {
  const before = processorSecondsBelow(folder);
  const result = await work();
  const cpu_seconds = Math.max(processorSecondsBelow(folder) - before, TICK_SECONDS);
  return { result, cpu_seconds };
}
