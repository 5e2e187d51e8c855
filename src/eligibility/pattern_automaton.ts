/**
 * Matches a regular expression without back-references in one pass over the text.
 *
 * A finite automaton, as in the original's C library: time grows with the length of the text and no
 * pattern makes it explode, which matters because site names come from outside (JavaScript's own
 * regular expressions backtrack: `^(a|aa)+$` takes minutes for fifty bytes). Deterministic states
 * are built when they are first needed and kept, so a second match costs a table look-up per byte.
 * Finds out whether there is a match, not where. Throws PatternFault if the automaton gets too big.
 */
import type { ByteSet } from "./byte_set.ts";
import { PatternFault } from "./pattern_fault.ts";
import {
  type Assertion,
  holds,
  type PatternNode,
  type Surrounding,
  surroundingOf,
} from "./pattern_node.ts";

/** Steps of the non-deterministic automaton: 10 MB or so, reached only by nested intervals. */
const STEPS_MAX = 100_000;

/** Deterministic states kept, about 1 KB each; when there are more, all are forgotten. */
const STATES_MAX = 256;

/** `next` is an index into the list of steps. */
type Step =
  | { readonly kind: "set"; readonly set: ByteSet; readonly next: number }
  | { readonly kind: "assertion"; readonly assertion: Assertion; readonly next: number }
  | { readonly kind: "fork"; readonly nexts: number[] }
  | { readonly kind: "accept" };

/** Where the matching may stand between two bytes, before assertions are looked at. */
interface State {
  readonly steps: readonly number[];
  readonly before: Surrounding;
  /** By byte; filled when needed. */
  readonly followers: (State | undefined)[];
}

/** Followers of a state at the end of the text are kept at this index. */
const TEXT_END = 256;

const ACCEPTED: State = { steps: [], before: "edge", followers: [] };
const REJECTED: State = { steps: [], before: "edge", followers: [] };

export class PatternAutomaton {
  readonly #steps: Step[] = [{ kind: "accept" }];
  readonly #entry: number;
  readonly #states = new Map<string, State>();
  #initial: State;

  constructor(root: PatternNode) {
    this.#entry = this.#compile(root, 0);
    this.#initial = { steps: [], before: "edge", followers: [] };
  }

  /** Whether some part of a byte string matches. */
  matches(text: string): boolean {
    let state = this.#initial;
    for (let index = 0; index <= text.length; index++) {
      const byte = index < text.length ? text.charCodeAt(index) : TEXT_END;
      state = state.followers[byte] ?? this.#follow(state, byte);
      if (state === ACCEPTED) {
        return true;
      }
    }
    return false;
  }

  /** Adds the steps for a node that goes on at `next`; returns where they begin. */
  #compile(node: PatternNode, next: number): number {
    switch (node.kind) {
      case "set":
        return this.#add({ kind: "set", set: node.set, next });
      case "assertion":
        return this.#add({ kind: "assertion", assertion: node.assertion, next });
      case "sequence":
        return node.parts.reduceRight((following, part) => this.#compile(part, following), next);
      case "choice":
        return this.#add({
          kind: "fork",
          nexts: node.branches.map((branch) => this.#compile(branch, next)),
        });
      case "repeat":
        return this.#compileRepeat(node.body, node.min, node.max, next);
      case "group":
        return this.#compile(node.body, next);
      case "reference":
        throw new Error("a back-reference needs the PatternBacktracker");
    }
  }

  #compileRepeat(body: PatternNode, min: number, max: number, next: number): number {
    let entry = next;
    if (max === Number.POSITIVE_INFINITY) {
      const nexts = [next];
      entry = this.#add({ kind: "fork", nexts });
      nexts.push(this.#compile(body, entry));
    } else {
      for (let count = min; count < max; count++) {
        entry = this.#add({ kind: "fork", nexts: [next, this.#compile(body, entry)] });
      }
    }
    for (let count = 0; count < min; count++) {
      entry = this.#compile(body, entry);
    }
    return entry;
  }

  #add(step: Step): number {
    if (this.#steps.length >= STEPS_MAX) {
      throw new PatternFault("tooBig");
    }
    return this.#steps.push(step) - 1;
  }

  /** Works out where a byte, or the end of the text, leads from a state, and remembers it. */
  #follow(state: State, byte: number): State {
    const follower = this.#followerOf(state, byte);
    state.followers[byte] = follower;
    return follower;
  }

  #followerOf(state: State, byte: number): State {
    const after = surroundingOf(byte === TEXT_END ? undefined : byte);
    const targets = new Set<number>();
    for (const step of this.#reachable(state, after)) {
      if (step.kind === "accept") {
        return ACCEPTED;
      }
      if (step.kind === "set" && step.set[byte] === 1) {
        targets.add(step.next);
      }
    }
    if (byte === TEXT_END) {
      return REJECTED;
    }
    return this.#stateOf([...targets], after);
  }

  /** All steps that can be stood on in a state; a match may begin anywhere, so at the entry too. */
  #reachable(state: State, after: Surrounding): Step[] {
    const pending = [this.#entry, ...state.steps];
    const seen = new Set(pending);
    const reached: Step[] = [];
    const go = (next: number): void => {
      if (!seen.has(next)) {
        seen.add(next);
        pending.push(next);
      }
    };
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      const step = this.#steps[index];
      if (step?.kind === "fork") {
        step.nexts.forEach(go);
      } else if (step?.kind === "assertion") {
        if (holds(step.assertion, state.before, after)) {
          go(step.next);
        }
      } else if (step !== undefined) {
        reached.push(step);
      }
    }
    return reached;
  }

  #stateOf(steps: number[], before: Surrounding): State {
    const key = `${before} ${steps.sort((a, b) => a - b).join()}`;
    let state = this.#states.get(key);
    if (state === undefined) {
      if (this.#states.size >= STATES_MAX) {
        this.#states.clear();
        this.#initial = { ...this.#initial, followers: [] };
      }
      state = { steps, before, followers: [] };
      this.#states.set(key, state);
    }
    return state;
  }
}
