/**
 * What a flush service's work takes, by the clock and of the processor; and the work that it does in the background:
 * walks over its record.
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

/** What has a service go over its whole record. */
const WALKS = {
  "wake-up": "W\0",
  refresh: "request\0rfrsh\0\0",
  purge: "request\0purge\0\0",
} as const;

/** Asks a contestant to go over its record, and waits until that has ended: only then does it hang up. */
export async function walk(
  arena: Arena,
  contestant: Contestant,
  kind: keyof typeof WALKS,
): Promise<void> {
  const connection = await FlushConnection.open(arena.socket(contestant.service), LIMIT_MS);
  connection.write(WALKS[kind]);
  const answer = await connection.answer;
  if (answer.kind !== "status" || answer.status !== 0) {
    throw new WrongResult(`ask ${contestant.title} for a ${kind}: ${JSON.stringify(answer)}`);
  }
}
