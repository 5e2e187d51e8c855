/**
 * The messages that are known of a directory, and which of them were found there as they were.
 *
 * Names are expected in the order in which they were listed before, since most directories are listed in the same order
 * each time; one that comes out of turn is looked up. Says nothing of names that are not known.
 */
import type { OpenDirectory } from "../effects/quick_looks.ts";
import { BatchState } from "./batch.ts";

/** A batch that is kept, without what nobody needs to know here. */
export interface KnownBatch {
  readonly number: number;
  readonly state: Uint8Array;
  readonly live: Uint8Array;
}

/** A known batch that lost messages: what it has now. */
export interface ChangedBatch {
  readonly number: number;
  readonly live: Uint8Array;
}

/** A known batch, and which of its messages were found as they were. */
interface Checked {
  readonly number: number;
  readonly state: BatchState;
  readonly live: Uint8Array;
  readonly found: Uint8Array;
}

/** Where a name is known: the batch, and the place in it. */
export interface Place {
  readonly batch: Checked;
  readonly index: number;
  /** It has been looked at, and has another stamp by now. */
  readonly isRefuted: boolean;
}

export class KnownMessages {
  readonly #batches: readonly Checked[];
  /** The small ones first: what has changed of late is in one of them. */
  readonly #smallFirst: readonly Checked[];
  /** By name, of the batches in which that was needed. */
  readonly #places = new Map<Checked, ReadonlyMap<string, number>>();
  /** Most directories are listed in the same order each time: where the next name should be. */
  #batchIndex = 0;
  #index = 0;
  /** What is expected is not what comes next: it has another name, or another stamp. */
  #isRefuted = false;

  constructor(known: readonly KnownBatch[]) {
    this.#batches = known.map(({ number, state, live }) => {
      return { number, state: new BatchState(state), live, found: new Uint8Array(live.length) };
    });
    this.#smallFirst = this.#batches.toSorted((one, other) => one.state.count - other.state.count);
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  /** Passes over the next names of a directory, as far as they are those that are expected and are as they were. */
  pass(directory: OpenDirectory, countMax: number): number {
    const batch = this.#sequence();
    if (batch === undefined) {
      return 0;
    }
    const first = this.#index;
    const lost = batch.live.indexOf(0, first);
    const end = Math.min(first + countMax, lost === -1 ? batch.live.length : lost);
    const count = directory.passAlike(batch.state.files, first, end);
    batch.found.fill(1, first, first + count);
    this.#index += count;
    this.#isRefuted = first + count < end;
    return count;
  }

  /** Where a name is known. */
  find(name: string): Place | undefined {
    const batch = this.#sequence();
    const index = this.#index;
    if (batch === undefined || !batch.state.names.isAt(index, name)) {
      return this.#lookUp(name, null);
    }
    this.#index++;
    // No batch has a name twice: what is no longer what this one says, another one may know.
    return batch.live[index] === 1
      ? { batch, index, isRefuted: this.#isRefuted }
      : this.#lookUp(name, batch);
  }

  /** Batches that lost messages, with what they have now. */
  changed(): ChangedBatch[] {
    return this.#batches
      .filter(({ live, found }) => Buffer.compare(live, found) !== 0)
      .map(({ number, found }) => ({ number, live: found }));
  }

  /** The batch in which the next name is expected. */
  #sequence(): Checked | undefined {
    for (;;) {
      const batch = this.#batches[this.#batchIndex];
      if (batch === undefined || this.#index < batch.state.count) {
        return batch;
      }
      this.#batchIndex++;
      this.#index = 0;
    }
  }

  /** In all batches but one. */
  #lookUp(name: string, but: Checked | null): Place | undefined {
    for (const batch of this.#smallFirst) {
      const index = batch === but ? undefined : this.#placesOf(batch).get(name);
      if (index !== undefined) {
        this.#expectBehind(batch, index);
        return { batch, index, isRefuted: false };
      }
    }
    return undefined;
  }

  #placesOf(batch: Checked): ReadonlyMap<string, number> {
    const known = this.#places.get(batch);
    if (known !== undefined) {
      return known;
    }
    const places = new Map<string, number>();
    for (let index = 0; index < batch.state.count; index++) {
      if (batch.live[index] === 1) {
        places.set(batch.state.names.at(index), index);
      }
    }
    this.#places.set(batch, places);
    return places;
  }

  /** A few messages in a small batch do not change where the next name is expected. */
  #expectBehind(batch: Checked, index: number): void {
    if (batch.state.count >= (this.#batches[this.#batchIndex]?.state.count ?? 0)) {
      this.#batchIndex = this.#batches.indexOf(batch);
      this.#index = index + 1;
    }
  }
}
