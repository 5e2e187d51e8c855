/**
 * Matches a regular expression with back-references, by trying every way in turn.
 *
 * A back-reference to a group that has not matched yet fails, as in POSIX (in JavaScript's own regular
 * expressions it matches the empty text). Such patterns can take exponential time in any
 * implementation; this one gives up after a fixed number of steps and says so. Finds out whether there
 * is a match, not where.
 */
import { upperCase } from "./byte_set.ts";
import { holds, type PatternNode, type Surrounding, surroundingOf } from "./pattern_node.ts";

/**
 * At most a tenth of a second's work, which a client can cause only where the administrator has written a
 * pattern that explodes. `(.*)\1` on the longest domain name needs a third of it.
 */
const TRIES_MAX = 100_000;

/** Every byte may cost some frames of the stack. No name that gets a logfile is longer. */
const TEXT_LENGTH_MAX = 1024;

/** Stands for a byte before or behind the text. */
const NO_BYTE = -1;

/** Whether the rest of the pattern matches from a position on. */
type Matcher = (position: number) => boolean;

class TriesExhausted extends Error {
  override readonly name = "TriesExhausted";
}

export class PatternBacktracker {
  readonly #root: Matcher;
  readonly #foldCase: boolean;
  /** By group number: where it began and ended last, -1 while it has not matched. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #text = "";
  #tries = 0;

  constructor(root: PatternNode, groups: number, foldCase: boolean) {
    this.#starts = new Int32Array(groups + 1);
    this.#ends = new Int32Array(groups + 1);
    this.#foldCase = foldCase;
    this.#root = this.#build(root, () => true);
  }

  /** Whether some part of a byte string matches; null if that was too much work to find out. */
  matches(text: string): boolean | null {
    if (text.length > TEXT_LENGTH_MAX) {
      return null;
    }
    this.#text = text;
    this.#tries = 0;
    try {
      for (let position = 0; position <= text.length; position++) {
        this.#starts.fill(-1);
        this.#ends.fill(-1);
        if (this.#root(position)) {
          return true;
        }
      }
      return false;
    } catch (caught) {
      if (caught instanceof TriesExhausted) {
        return null;
      }
      throw caught;
    }
  }

  #build(node: PatternNode, next: Matcher): Matcher {
    switch (node.kind) {
      case "set":
        return (position) => node.set[this.#byteAt(position)] === 1 && next(position + 1);
      case "assertion":
        return (position) =>
          holds(node.assertion, this.#surrounding(position - 1), this.#surrounding(position)) &&
          next(position);
      case "sequence":
        return node.parts.reduceRight((following, part) => this.#build(part, following), next);
      case "choice": {
        const branches = node.branches.map((branch) => this.#build(branch, next));
        return (position) => {
          this.#countTry();
          return branches.some((branch) => branch(position));
        };
      }
      case "repeat":
        return this.#buildRepeat(node.body, node.min, node.max, next);
      case "group":
        return this.#buildGroup(node.number, node.body, next);
      case "reference":
        return (position) => this.#matchReference(node.number, position, next);
    }
  }

  #buildRepeat(body: PatternNode, min: number, max: number, next: Matcher): Matcher {
    let count = 0;
    let turnStart = -1;
    const turn: Matcher = (position) => {
      this.#countTry();
      const [oldCount, oldStart] = [count, turnStart];
      // A turn that took up nothing, beyond those required, would lead nowhere new.
      if (oldCount < max && (oldCount < min || position !== oldStart)) {
        [count, turnStart] = [oldCount + 1, position];
        if (once(position)) {
          return true;
        }
        [count, turnStart] = [oldCount, oldStart];
      }
      return oldCount >= min && next(position);
    };
    const once = this.#build(body, turn);
    // What follows may come back here, from a repetition around this one: that starts counting anew.
    return (position) => {
      const [outerCount, outerStart] = [count, turnStart];
      [count, turnStart] = [0, -1];
      const matched = turn(position);
      [count, turnStart] = [outerCount, outerStart];
      return matched;
    };
  }

  #buildGroup(number: number, body: PatternNode, next: Matcher): Matcher {
    const starts = this.#starts;
    const ends = this.#ends;
    // Groups that are being matched; a stack, as a group can stand in a repetition.
    const openings: number[] = [];
    const close: Matcher = (position) => {
      const opening = openings.pop() ?? position;
      const [oldStart, oldEnd] = [starts[number] ?? -1, ends[number] ?? -1];
      [starts[number], ends[number]] = [opening, position];
      const matched = next(position);
      [starts[number], ends[number]] = [oldStart, oldEnd];
      openings.push(opening);
      return matched;
    };
    const inner = this.#build(body, close);
    return (position) => {
      openings.push(position);
      const matched = inner(position);
      openings.pop();
      return matched;
    };
  }

  #matchReference(number: number, position: number, next: Matcher): boolean {
    const start = this.#starts[number] ?? -1;
    const end = this.#ends[number] ?? -1;
    if (start < 0) {
      return false;
    }
    for (let offset = 0; offset < end - start; offset++) {
      const byte = this.#byteAt(position + offset);
      if (byte === NO_BYTE || this.#fold(byte) !== this.#fold(this.#byteAt(start + offset))) {
        return false;
      }
    }
    return next(position + end - start);
  }

  #fold(byte: number): number {
    return this.#foldCase ? upperCase(byte) : byte;
  }

  #surrounding(position: number): Surrounding {
    const byte = this.#byteAt(position);
    return surroundingOf(byte === NO_BYTE ? undefined : byte);
  }

  #byteAt(position: number): number {
    return position >= 0 && position < this.#text.length
      ? this.#text.charCodeAt(position)
      : NO_BYTE;
  }

  #countTry(): void {
    if (++this.#tries > TRIES_MAX) {
      throw new TriesExhausted();
    }
  }
}
