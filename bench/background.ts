/**
 * What a flush service's work takes, by the clock and of the processor; and the work that it does in the background
 * on a wake-up.
 */
import { FlushConnection } from "../lab/flush_request.ts";
import type { Arena } from "./arena.ts";
import type { Contestant } from "./contestants.ts";
import { WrongResult } from "./wrong_result.ts";

/** No wake-up takes as long. */
const LIMIT_MS = 20 * 60 * 1000;

/** The least time that proc(5) shows. */
const TICK_SECONDS = 0.01;

/** What a piece of work took. */
export interface Effort {
  /** By the clock on the wall. */
  readonly seconds: number;
  /** Of the service's processes. The kernel counts in ticks: less than one counts as one. */
  readonly cpu_seconds: number;
}

/** Does `work` and says what that took, the contestant's processes included. */
export async function effortOf<Result>(
  arena: Arena,
  contestant: Contestant,
  work: () => Promise<Result>,
): Promise<Effort & { readonly result: Result }> {
  const before = arena.processorSeconds(contestant);
  const start_ms = performance.now();
  const result = await work();
  const seconds = (performance.now() - start_ms) / 1000;
  const after = [...arena.processorSeconds(contestant)];
  const used = after.map(([pid, cpu_seconds]) => cpu_seconds - (before.get(pid) ?? 0));
  const cpu_seconds = used.reduce((sum, each) => sum + each, 0);
  return { seconds, cpu_seconds: Math.max(cpu_seconds, TICK_SECONDS), result };
}

/** Wakes a contestant as master(8) does, and waits until its work has ended. */
export async function wakeUp(arena: Arena, contestant: Contestant): Promise<void> {
  const connection = await FlushConnection.open(arena.socket(contestant.service), LIMIT_MS);
  connection.write("W\0");
  const answer = await connection.answer;
  if (answer.kind !== "status" || answer.status !== 0) {
    throw new WrongResult(`wake ${contestant.title}: ${JSON.stringify(answer)}`);
  }
}
