/**
 * Reads the messages of one directory of the deferred queue, as far as they are not known.
 *
 * Each file is looked at: one whose stamp is known is not read again. What is new is told in batches, so that memory is
 * bounded, however many messages there are. As in Postfix, a name of one character is a hashed directory; what is no
 * queue ID, and what is a directory, is passed over. Messages that come or go meanwhile are told or not; what changes
 * after it was looked at has another stamp when it is looked at again, so that nothing is taken for known then that isn't.
 *
 * Throws OsError where the directory itself can't be read.
 */
import type { Clock } from "../effects/clock.ts";
import type { PackedBatch } from "../effects/index_store.ts";
import { type OpenDirectory, STAMP_WORDS } from "../effects/quick_looks.ts";
import { parseQueueId, type QueueId } from "../names/names.ts";
import { BatchBuilder, BatchState } from "./batch.ts";
import { NoMessage } from "./no_message.ts";
import { MessageReader, type ReadingTools } from "./read_message.ts";
import { areAlike, distrust, distrustIfRacy } from "./stamps.ts";

/** Some milliseconds' work. */
const NAMES_AT_ONCE = 250;

/** A batch that is kept, without what nobody needs to know here. */
interface KnownBatch {
  readonly number: number;
  readonly state: Uint8Array;
  readonly live: Uint8Array;
}

/** What is to be read. */
export interface DirectoryTask {
  readonly path: string;
  readonly known: readonly KnownBatch[];
}

/** What reading directories needs. */
export interface DirectoryTools extends ReadingTools {
  readonly clock: Clock;
}

/** Is told what there is, as soon as it is known. */
export interface Listener {
  onBatch(batch: PackedBatch): void;
  /** So many more messages were looked at. */
  onLooked(count: number): void;
}

/** What has become of a directory. */
export interface DirectoryFindings {
  readonly stamp: Uint8Array;
  /** Names of one character. */
  readonly below: string;
  /** Known batches that lost messages, with what they have now. */
  readonly changed: ReadonlyArray<{ readonly number: number; readonly live: Uint8Array }>;
}

/** Reads a directory. */
export function readDirectory(
  tools: DirectoryTools,
  task: DirectoryTask,
  listener: Listener,
): DirectoryFindings {
  const reading = new DirectoryReading(tools, task, listener);
  try {
    for (;;) {
      const findings = reading.step();
      if (findings !== null) {
        return findings;
      }
    }
  } finally {
    reading.close();
  }
}

/** The reading of a directory, in steps of some milliseconds; `close` whatever comes of them. */
export class DirectoryReading {
  readonly #listener: Listener;
  readonly #directory: OpenDirectory;
  readonly #messages: MessageReader;
  /** What was changed later than a moment before this may change again without a trace. */
  readonly #nowMs: number;
  readonly #known: KnownMessages;
  /** Of before its names are read; null: nothing is read yet. */
  #directoryStamp: Uint32Array | null = null;
  readonly #stamp = new Uint32Array(STAMP_WORDS);
  #builder = new BatchBuilder();
  #below = "";
  #isRefused = false;

  constructor(tools: DirectoryTools, { path, known }: DirectoryTask, listener: Listener) {
    this.#listener = listener;
    this.#nowMs = tools.clock.wallMs();
    this.#known = new KnownMessages(known);
    this.#directory = tools.looks.openDirectory(path);
    this.#messages = new MessageReader(tools, this.#directory);
  }

  /** Reads on; what was found, at the end. */
  step(): DirectoryFindings | null {
    this.#directoryStamp ??= this.#look();
    const count = this.#takeSome();
    if (count > 0) {
      this.#listener.onLooked(count);
      return null;
    }
    this.#tellBatch();
    if (this.#isRefused) {
      distrust(this.#directoryStamp, 0);
    }
    return {
      stamp: new Uint8Array(this.#directoryStamp.buffer),
      below: this.#below,
      changed: this.#known.changed(),
    };
  }

  close(): void {
    this.#messages.close();
    this.#directory.close();
  }

  #look(): Uint32Array {
    const stamp = new Uint32Array(STAMP_WORDS);
    this.#directory.look(stamp, 0);
    distrustIfRacy(stamp, 0, this.#nowMs);
    return stamp;
  }

  /** Returns how many names it has taken; none at the end. */
  #takeSome(): number {
    const directory = this.#directory;
    let count = this.#known.pass(directory, NAMES_AT_ONCE);
    while (count < NAMES_AT_ONCE) {
      // Behind one that has changed there are others, most likely, that have not.
      const names = directory.nextNames(this.#known.isEmpty ? NAMES_AT_ONCE - count : 1);
      if (names.length === 0) {
        return count;
      }
      for (const name of names) {
        this.#take(name);
      }
      count += names.length;
      count += this.#known.pass(directory, NAMES_AT_ONCE - count);
    }
    return count;
  }

  #take(name: string): void {
    if (name.length === 1) {
      this.#below += name;
      return;
    }
    const place = this.#known.find(name);
    if (place !== undefined && this.#isAlike(name, place)) {
      place.batch.found[place.index] = 1;
      return;
    }
    const id = parseQueueId(name);
    if (id !== null) {
      this.#read(id);
    }
  }

  #isAlike(name: string, { batch, index }: Place): boolean {
    return (
      this.#directory.lookAt(name, this.#stamp, 0) &&
      areAlike(this.#stamp, 0, batch.state.stamps, index * STAMP_WORDS)
    );
  }

  #read(id: QueueId): void {
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
      this.#tellBatch();
    }
  }

  #tellBatch(): void {
    if (this.#builder.count > 0) {
      this.#listener.onBatch(this.#builder.build());
      this.#builder = new BatchBuilder();
    }
  }
}

/** A known batch, and which of its messages were found as they were. */
interface Checked {
  readonly number: number;
  readonly state: BatchState;
  readonly live: Uint8Array;
  readonly found: Uint8Array;
}

/** Where a name is known: the batch, and the place in it. */
interface Place {
  readonly batch: Checked;
  readonly index: number;
}

/** The messages that are known of a directory. */
class KnownMessages {
  readonly #batches: readonly Checked[];
  /** The small ones first: what has changed of late is in one of them. */
  readonly #smallFirst: readonly Checked[];
  /** By name, of the batches in which that was needed. */
  readonly #places = new Map<Checked, ReadonlyMap<string, number>>();
  /** Most directories are listed in the same order each time: where the next name should be. */
  #batchIndex = 0;
  #index = 0;

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
    return batch.live[index] === 1 ? { batch, index } : this.#lookUp(name, batch);
  }

  changed(): DirectoryFindings["changed"] {
    return this.#batches
      .filter(({ live, found }) => live.some((value, index) => value !== found[index]))
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
        return { batch, index };
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
