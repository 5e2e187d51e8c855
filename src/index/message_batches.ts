/**
 * Reads messages of one directory, and tells them in batches, so that memory is bounded, however many there are.
 *
 * A message that is not there, or no longer, is passed over. Never throws OsError.
 */
import type { Clock } from "../effects/clock.ts";
import type { PackedBatch } from "../effects/index_store.ts";
import { type OpenDirectory, STAMP_WORDS } from "../effects/quick_looks.ts";
import type { QueueId } from "../names/names.ts";
import { BatchBuilder } from "./batch.ts";
import { NoMessage } from "./no_message.ts";
import { MessageReader, type ReadingTools } from "./read_message.ts";
import { distrustIfRacy } from "./stamps.ts";

/** What reading directories needs. */
export interface DirectoryTools extends ReadingTools {
  readonly clock: Clock;
}

/** Is told a batch as soon as it is full, or all is read. */
export type OnBatch = (batch: PackedBatch) => void;

export class MessageBatches {
  readonly #messages: MessageReader;
  readonly #onBatch: OnBatch;
  /** What was changed later than a moment before this may change again without a trace. */
  readonly #nowMs: number;
  readonly #stamp = new Uint32Array(STAMP_WORDS);
  #builder = new BatchBuilder();
  #isRefused = false;

  /** Of the directory that is open; `close` when all is read. */
  constructor(tools: DirectoryTools, directory: OpenDirectory, onBatch: OnBatch) {
    this.#nowMs = tools.clock.wallMs();
    this.#messages = new MessageReader(tools, directory);
    this.#onBatch = onBatch;
  }

  /** The operating system has refused a message: the directory is to be read again, whatever its stamp. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  read(id: QueueId): void {
    const stamp = this.#stamp;
    const reading = this.#messages.read(id, stamp);
    if (reading === "absent") {
      return;
    }
    distrustIfRacy(stamp, 0, this.#nowMs);
    if (reading instanceof NoMessage && reading.isRefused) {
      this.#isRefused = true;
    }
    this.#builder.add(id, stamp, 0, reading);
    if (this.#builder.isFull) {
      this.tell();
    }
  }

  /** Tells those that were read since the last batch. */
  tell(): void {
    if (this.#builder.count > 0) {
      this.#onBatch(this.#builder.build());
      this.#builder = new BatchBuilder();
    }
  }

  close(): void {
    this.#messages.close();
  }
}
