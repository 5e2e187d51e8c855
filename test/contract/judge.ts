/** The verdict over a row: what the original did is what the row says, and ours did the same or what it says. */
import { expect } from "bun:test";
import type { ContractCase } from "./contract_case.ts";
import { type Outcome, overlay, wanted } from "./outcome.ts";

/** A send that lasts longer wakes the queue manager once more every second (DESIGN, Send). */
const WAKE_UP_MS = 1000;

/** What both programs made of a case. */
export interface Pair {
  readonly original: Outcome;
  readonly ours: Outcome;
  /** How long ours took, at most. */
  readonly oursMs: number;
}

/** Runs a case with both, at the same time. */
export async function runPair(
  runOriginal: () => Promise<Outcome>,
  runOurs: () => Promise<Outcome>,
): Promise<Pair> {
  const startMs = performance.now();
  const timed = async (): Promise<Pick<Pair, "ours" | "oursMs">> => ({
    ours: await runOurs(),
    oursMs: performance.now() - startMs,
  });
  const [original, ours] = await Promise.all([runOriginal(), timed()]);
  return { original, ...ours };
}

/** What is compared of ours and of what was expected of it. */
export function compared({ oursMs }: Pair, outcome: Outcome): Outcome {
  if (oursMs < WAKE_UP_MS) {
    return outcome;
  }
  const { wakes } = outcome;
  return { ...outcome, wakes: wakes.filter((each, index) => each !== wakes[index - 1]) };
}

/** Fails the test where a row isn't met, and where it tells of a difference that there isn't. */
export function judge(row: ContractCase, pair: Pair): void {
  const { original } = pair;
  expect({ program: "original", ...original }).toEqual({
    program: "original",
    ...wanted(row, original),
  });
  const expected = overlay(original, row.differs?.ours ?? {});
  expect({ program: "ours", ...compared(pair, pair.ours) }).toEqual({
    program: "ours",
    ...compared(pair, expected),
  });
  if (row.differs !== undefined) {
    expect(expected).not.toEqual(original);
  }
}
