/**
 * Reads the messages of one directory of the deferred queue, as far as they are not known.
 *
 * Each file is looked at: one whose stamp is known is not read again. What is new is told in batches, or, as far as
 * that was asked for, left to whoever asked (`readLeft`). As in Postfix, a name of one character is a hashed directory; what is no
 * queue ID, and what is a directory, is passed over. Messages that come or go meanwhile are told or not; what changes
 * after it was looked at has another stamp when it is looked at again, so that nothing is taken for known then that isn't.
 *
 * Throws OsError where the directory itself can't be read.
 */
import type { PackedBatch } from "../effects/index_store.ts";
import { type OpenDirectory, STAMP_WORDS } from "../effects/quick_looks.ts";
import { parseQueueId, type QueueId } from "../names/names.ts";
import { type ChangedBatch, type KnownBatch, KnownMessages, type Place } from "./known_messages.ts";
import { type DirectoryTools, MessageBatches } from "./message_batches.ts";
import { areAlike, distrust, distrustIfRacy } from "./stamps.ts";

/** Some milliseconds' work. */
const NAMES_AT_ONCE = 250;

/** What is to be read. */
export interface DirectoryTask {
  readonly path: string;
  readonly known: readonly KnownBatch[];
  /** So many messages that are to be read, the first ones, are left to whoever asked. */
  readonly leftMax: number;
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
  readonly changed: readonly ChangedBatch[];
  /** Messages that are left to be read. */
  readonly left: readonly QueueId[];
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

/** Reads the messages that were left; returns what has become of the directory then. Throws OsError where it has gone. */
export function readLeft(
  tools: DirectoryTools,
  path: string,
  findings: DirectoryFindings,
  listener: Pick<Listener, "onBatch">,
): DirectoryFindings {
  if (findings.left.length === 0) {
    return findings;
  }
  const directory = tools.looks.openDirectory(path);
  const batches = new MessageBatches(tools, directory, listener.onBatch);
  try {
    for (const id of findings.left) {
      batches.read(id);
    }
    batches.tell();
  } finally {
    batches.close();
    directory.close();
  }
  const stamp = new Uint32Array(findings.stamp.slice().buffer);
  if (batches.isRefused) {
    distrust(stamp, 0);
  }
  return { ...findings, stamp: new Uint8Array(stamp.buffer), left: [] };
}

/** The reading of a directory, in steps of some milliseconds; `close` whatever comes of them. */
export class DirectoryReading {
  readonly #listener: Listener;
  readonly #directory: OpenDirectory;
  readonly #batches: MessageBatches;
  /** What was changed later than a moment before this may change again without a trace. */
  readonly #nowMs: number;
  readonly #known: KnownMessages;
  /** Of before its names are read; null: nothing is read yet. */
  #directoryStamp: Uint32Array | null = null;
  readonly #stamp = new Uint32Array(STAMP_WORDS);
  readonly #leftMax: number;
  readonly #left: QueueId[] = [];
  #below = "";

  constructor(tools: DirectoryTools, { path, known, leftMax }: DirectoryTask, listener: Listener) {
    this.#listener = listener;
    this.#leftMax = leftMax;
    this.#nowMs = tools.clock.wallMs();
    this.#known = new KnownMessages(known);
    this.#directory = tools.looks.openDirectory(path);
    this.#batches = new MessageBatches(tools, this.#directory, listener.onBatch);
  }

  /** Reads on; what was found, at the end. */
  step(): DirectoryFindings | null {
    this.#directoryStamp ??= this.#look();
    const count = this.#takeSome();
    if (count > 0) {
      this.#listener.onLooked(count);
      return null;
    }
    this.#batches.tell();
    if (this.#batches.isRefused) {
      distrust(this.#directoryStamp, 0);
    }
    return {
      stamp: new Uint8Array(this.#directoryStamp.buffer),
      below: this.#below,
      changed: this.#known.changed(),
      left: this.#left,
    };
  }

  close(): void {
    this.#batches.close();
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
    if (place !== undefined && !place.isRefuted && this.#isAlike(name, place)) {
      place.batch.found[place.index] = 1;
      return;
    }
    const id = parseQueueId(name);
    if (id !== null && this.#left.length < this.#leftMax) {
      this.#left.push(id);
    } else if (id !== null) {
      this.#batches.read(id);
    }
  }

  #isAlike(name: string, { batch, index }: Place): boolean {
    return (
      this.#directory.lookAt(name, this.#stamp, 0) &&
      areAlike(this.#stamp, 0, batch.state.stamps, index * STAMP_WORDS)
    );
  }
}
