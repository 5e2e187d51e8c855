/**
 * The sums that most commands ask for, over all messages by site, made batch by batch: as soon as a batch is known, while
 * another thread still reads, or when they are asked for. Both gives the same.
 *
 * What was summed up of batches that are no longer what they were is wrong: whoever has changed them begins anew.
 *
 * Throws StoreFault where the index is broken.
 */
import type { IndexStore, StoredBatch } from "../effects/index_store.ts";
import { BatchFacts } from "./batch.ts";
import { groupsOfRecipients, type LoadedBatch, NO_FILTER, select } from "./batch_selection.ts";
import { GroupSums } from "./group_sums.ts";

/** What `list` shows unless something else is asked for. */
export const SUMMED_AHEAD = "site";

export class SumsAhead {
  /** Over the batches that were added. */
  readonly sums = new GroupSums();
  readonly #facts = new Map<number, BatchFacts>();
  readonly #added = new Set<number>();

  /** Reads what sums are made of; once for each batch. */
  load(store: IndexStore, batches: readonly StoredBatch[]): LoadedBatch[] {
    return batches.map((batch) => {
      const facts =
        this.#facts.get(batch.number) ?? new BatchFacts(store.part(batch.number, "facts"));
      this.#facts.set(batch.number, facts);
      return { ...batch, facts };
    });
  }

  /** Adds these batches, but for those that were added before. */
  add(batches: readonly LoadedBatch[]): void {
    for (const batch of batches) {
      if (!this.#added.has(batch.number)) {
        this.#added.add(batch.number);
        this.#addBatch(batch);
      }
    }
  }

  #addBatch(batch: LoadedBatch): void {
    const { sums } = this;
    const selection = select(batch, NO_FILTER);
    const groups = groupsOfRecipients(SUMMED_AHEAD, batch.facts, sums.names);
    sums.add(batch.facts, selection, groups, sums.names.texts.length);
  }
}
