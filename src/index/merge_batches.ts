/**
 * Keeps the batches of a directory few and full: each refreshing adds a small one with what has changed, and takes
 * messages out of others.
 *
 * Batches in which nothing is left go. Small ones, and those of which half is gone, become one when there are several:
 * so a message is packed again a few times in its life, however often the index is refreshed.
 */
import {
  BATCH_PARTS,
  type IndexStore,
  type PackedBatch,
  type StoredBatch,
} from "../effects/index_store.ts";
import { STAMP_WORDS } from "../effects/quick_looks.ts";
import { BATCH_MESSAGES_MAX, BatchBuilder, WholeBatch } from "./batch.ts";

/** So many small ones are not worth the work of making one of them. */
const SMALL_BATCHES_MAX = 8;

/** A batch with fewer messages is a small one. */
const SMALL_COUNT_MAX = BATCH_MESSAGES_MAX / 8;

/** Tidies the batches of the directory with this path; all of them are given. */
export function mergeBatches(
  store: IndexStore,
  path: string,
  batches: readonly StoredBatch[],
): void {
  const counted = batches.map((batch) => ({ batch, liveCount: liveCountOf(batch) }));
  const mergeable: StoredBatch[] = [];
  let wornCount = 0;
  for (const { batch, liveCount } of counted) {
    if (liveCount === 0) {
      store.removeBatch(batch.number);
    } else if (liveCount < batch.live.length / 2) {
      wornCount += batch.live.length > SMALL_COUNT_MAX ? 1 : 0;
      mergeable.push(batch);
    } else if (liveCount < SMALL_COUNT_MAX) {
      mergeable.push(batch);
    }
  }
  if (wornCount > 0 || mergeable.length > SMALL_BATCHES_MAX) {
    merge(store, path, mergeable);
  }
}

function liveCountOf({ live }: StoredBatch): number {
  let count = 0;
  for (const value of live) {
    count += value;
  }
  return count;
}

function merge(store: IndexStore, path: string, batches: readonly StoredBatch[]): void {
  let builder = new BatchBuilder();
  const tell = (): void => {
    if (builder.count > 0) {
      store.addBatch(path, new Uint8Array(builder.count).fill(1), builder.build());
      builder = new BatchBuilder();
    }
  };
  for (const { number, live } of batches) {
    const batch = new WholeBatch(loadBatch(store, number));
    for (const [index, isLive] of live.entries()) {
      if (isLive === 1) {
        const { name, message } = batch.at(index);
        builder.add(name, batch.state.stamps, index * STAMP_WORDS, message);
      }
      if (builder.isFull) {
        tell();
      }
    }
    store.removeBatch(number);
  }
  tell();
}

/** All parts of a batch. Throws StoreFault. */
export function loadBatch(store: IndexStore, number: number): PackedBatch {
  const [state, facts, reasons, texts] = BATCH_PARTS.map((part) => store.part(number, part));
  if (state === undefined || facts === undefined || reasons === undefined || texts === undefined) {
    throw new RangeError("a batch has four parts");
  }
  return { state, facts, reasons, texts };
}
