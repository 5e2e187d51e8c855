/**
 * An index in memory: effects/index_store.ts for one process, and for as long as that lives. It is used where no file
 * can be kept, and by tests.
 *
 * What is written is there at once: there is nobody else, and nothing to be kept.
 */
import type {
  BatchPart,
  IndexStore,
  PackedBatch,
  StoredBatch,
  StoredDirectory,
} from "../effects/index_store.ts";
import { StoreFault } from "../effects/index_store.ts";

export class StoreInMemory implements IndexStore {
  readonly #directories = new Map<string, StoredDirectory>();
  readonly #batches = new Map<number, StoredBatch & { readonly parts: PackedBatch }>();
  #lastNumber = 0;

  beginWriting(): boolean {
    return true;
  }

  endWriting(): void {}

  beginReading(): boolean {
    return true;
  }

  directories(): StoredDirectory[] {
    return [...this.#directories.values()];
  }

  batches(): StoredBatch[] {
    return [...this.#batches.values()];
  }

  batchesOf(path: string): StoredBatch[] {
    return this.batches().filter(({ directory }) => directory === path);
  }

  part(batch: number, part: BatchPart): Uint8Array {
    const bytes = this.#batches.get(batch)?.parts[part];
    if (bytes === undefined) {
      throw new StoreFault("broken", `no batch ${batch}`);
    }
    return bytes.slice();
  }

  putDirectory(directory: StoredDirectory): void {
    this.#directories.set(directory.path, directory);
  }

  removeDirectory(path: string): void {
    this.#directories.delete(path);
    for (const { number } of this.batchesOf(path)) {
      this.removeBatch(number);
    }
  }

  addBatch(directory: string, live: Uint8Array, parts: PackedBatch): number {
    const number = ++this.#lastNumber;
    this.#batches.set(number, { number, directory, live, parts });
    return number;
  }

  setLive(number: number, live: Uint8Array): void {
    const batch = this.#batches.get(number);
    if (batch !== undefined) {
      this.#batches.set(number, { ...batch, live });
    }
  }

  removeBatch(number: number): void {
    this.#batches.delete(number);
  }

  close(): void {}
}
