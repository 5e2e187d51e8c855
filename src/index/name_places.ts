/**
 * Where each of very many packed texts stands: numbers in one array, so that there is no string and no object for any of
 * them. Pure.
 */
import { hashOfText, type PackedTexts } from "./packing.ts";

/** At most half of the places are taken. */
const SLOTS_PER_TEXT = 2;

export class NamePlaces {
  readonly #names: PackedTexts;
  /** Indices, one more than they are; 0: nobody's. A power of two. */
  readonly #slots: Uint32Array;

  /** Of the texts that `isMeant` says; each of those is there once. */
  constructor(names: PackedTexts, isMeant: Uint8Array) {
    this.#names = names;
    const { count } = names;
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(count * SLOTS_PER_TEXT + 1)));
    const mask = this.#slots.length - 1;
    for (let index = 0; index < count; index++) {
      if (isMeant[index] === 1) {
        let slot = names.hashAt(index) & mask;
        while (this.#slots[slot] !== 0) {
          slot = (slot + 1) & mask;
        }
        this.#slots[slot] = index + 1;
      }
    }
  }

  /** The index of a text; -1: it isn't there. */
  find(name: string): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOfText(name) & mask; ; slot = (slot + 1) & mask) {
      const taken = this.#slots[slot] ?? 0;
      if (taken === 0 || this.#names.isAt(taken - 1, name)) {
        return taken - 1;
      }
    }
  }
}
