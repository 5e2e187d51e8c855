/**
 * Where the index of deferred mail is kept between two commands: directories of the queue, and batches of messages
 * in them.
 *
 * Keeps what it is given, and knows nothing of mail. What is written between `beginWriting` and `endWriting` is there
 * as a whole afterwards, or not at all, however the process ends; between `beginReading` and the end nobody else's
 * changes are seen. What was kept comes back as it was, or StoreFault is thrown. Paths are byte strings.
 */

/** A directory of the queue, as of its last reading. */
export interface StoredDirectory {
  readonly path: string;
  /** What it is compared by. */
  readonly stamp: Uint8Array;
  /** Names of one character in it: hashed directories. */
  readonly below: string;
}

/** A batch as of now. */
export interface StoredBatch {
  readonly number: number;
  /** Path of its directory. */
  readonly directory: string;
  /** A byte for each message: 0 where it is no longer what the batch says. */
  readonly live: Uint8Array;
}

/** The parts of a batch: each is read when it is needed. */
export const BATCH_PARTS = ["state", "facts", "reasons", "texts"] as const;
export type BatchPart = (typeof BATCH_PARTS)[number];
export type PackedBatch = Readonly<Record<BatchPart, Uint8Array>>;

export interface IndexStore {
  /** False: another process writes now. */
  beginWriting(): boolean;
  endWriting(): void;
  /** False: what is read now may not be what this one has written last, as others have written since. */
  beginReading(): boolean;

  directories(): StoredDirectory[];
  /** Those of all directories that are kept. */
  batches(): StoredBatch[];
  batchesOf(directory: string): StoredBatch[];
  /** A copy: it may be handed over to a thread. */
  part(batch: number, part: BatchPart): Uint8Array;

  putDirectory(directory: StoredDirectory): void;
  /** With its batches. */
  removeDirectory(path: string): void;
  /** Returns its number. */
  addBatch(directory: string, live: Uint8Array, batch: PackedBatch): number;
  setLive(batch: number, live: Uint8Array): void;
  removeBatch(batch: number): void;

  close(): void;
}

/**
 * Why a store is of no use. `broken`: what it holds is no index, or not a whole one, so that it had better go. `busy`:
 * another command is at it, or has removed it. `foreign`: its folder is another user's. `trouble`: anything else.
 */
type StoreFaultKind = "broken" | "busy" | "foreign" | "trouble";

/** The store is of no use. */
export class StoreFault extends Error {
  override readonly name = "StoreFault";
  readonly kind: StoreFaultKind;

  constructor(kind: StoreFaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Opens stores. */
export interface IndexStores {
  /**
   * What was kept of this queue under this `meaning`: a text that says how it is to be understood. What was kept under
   * another, or by another build of this program, is of no use: StoreFault.
   */
  open(queueDirectory: string, meaning: string): IndexStore;
  /** Removes what is kept of this queue, as far as possible. */
  remove(queueDirectory: string): void;
}
