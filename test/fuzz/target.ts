/**
 * What can be fuzzed: a reader of bytes from outside, with a generator of input that it almost accepts.
 */
import type { Random } from "../support/random.ts";

export interface Target {
  /** Also the name of its folder in corpus/. */
  readonly name: string;
  /** Almost valid input, a byte string; it is mutated then, mostly. */
  readonly draw: (random: Random) => string;
  /** What mutations put in: words and bytes that mean something here. */
  readonly tokens: readonly string[];
  /**
   * Reads the input, and throws where anything is not as promised. Returns what came of it in a word: a generator whose
   * inputs all come to the same would be of no use. May not depend on anything but the input and `random`.
   */
  readonly read: (input: string, random: Random) => string | Promise<string>;
}

/** A promise was not kept. */
class Violation extends Error {
  override readonly name = "Violation";
}

/** Throws a Violation unless both are the same. */
export function mustBeSame(what: string, one: unknown, other: unknown): void {
  if (!Bun.deepEquals(one, other, true)) {
    throw new Violation(`${what}: ${Bun.inspect(one)} and ${Bun.inspect(other)}`);
  }
}

/** Throws a Violation unless it holds. */
export function mustHold(what: string, holds: boolean): void {
  if (!holds) {
    throw new Violation(what);
  }
}
