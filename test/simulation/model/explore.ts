/**
 * Takes every step from every state that so many steps can reach: all interleavings.
 *
 * Two histories that lead to the same state have the same future, so that each state is looked at once;
 * nothing is left out by it. The first violation found is one of the shortest.
 */
import type { Design } from "./design.ts";
import { violation } from "./invariants.ts";
import { othersSteps } from "./original.ts";
import { ourSteps } from "./ours.ts";
import type { State } from "./state.ts";

/** A state, and how it came about. */
interface Reached {
  readonly state: State;
  readonly step: string;
  readonly from: Reached | null;
}

/** What an exploration found. */
export interface Exploration {
  /** Every step's name that was taken. */
  readonly steps: ReadonlySet<string>;
  readonly failure: { readonly what: string; readonly history: readonly string[] } | null;
}

/** Explores all histories of up to `length` steps from a state. */
export function explore(start: State, design: Design, length: number): Exploration {
  const seen = new Set<string>();
  const steps = new Set<string>();
  let frontier: Reached[] = [{ state: start, step: "", from: null }];
  for (let taken = 0; taken < length; taken++) {
    const reached: Reached[] = [];
    for (const from of frontier) {
      for (const outcome of stepsFrom(from.state, design)) {
        steps.add(outcome.step);
        const what = violation(outcome.state);
        const next = { state: outcome.state, step: outcome.step, from };
        if (what !== null) {
          return { steps, failure: { what, history: historyOf(next) } };
        }
        // Of the last states nothing but their correctness is wanted.
        if (taken < length - 1 && isNew(seen, outcome.state)) {
          reached.push(next);
        }
      }
    }
    frontier = reached;
  }
  return { steps, failure: null };
}

function isNew(seen: Set<string>, state: State): boolean {
  const sizeBefore = seen.size;
  return seen.add(JSON.stringify(state)).size > sizeBefore;
}

function* stepsFrom(state: State, design: Design) {
  yield* ourSteps(state, design);
  yield* othersSteps(state);
}

function historyOf(last: Reached): string[] {
  const history: string[] = [];
  for (let reached: Reached | null = last; reached?.from; reached = reached.from) {
    history.unshift(reached.step);
  }
  return history;
}
