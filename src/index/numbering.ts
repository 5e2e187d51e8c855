/**
 * Numbers texts in the order in which they are met: what is done for each of a million recipients is done with numbers.
 * Pure.
 */
import type { PackedTexts } from "./packing.ts";

export class Numbering {
  /** By their numbers. */
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a text. */
  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) {
      return known;
    }
    const number = this.texts.push(text) - 1;
    this.#numbers.set(text, number);
    return number;
  }

  /** The numbers of a batch's texts, by their numbers there; `rename` says what a text stands for. */
  ofAll(texts: PackedTexts, rename: (text: string) => string = (text) => text): Uint32Array {
    return Uint32Array.from(texts.all(), (text) => this.of(rename(text)));
  }
}
