/**
 * The index kept in a file: effects/index_store.ts over SQLite, Bun's own.
 *
 * A file for each queue directory, in a cache folder that belongs to this process's user alone: a folder that is a
 * link, or another user's, or that others may write to, is refused. It is a cache: safe to remove at any time, and
 * nothing waits for the disk. What SQLite doesn't notice after a power failure or a bad sector is noticed by seals: each
 * part of a batch has one, and each directory has one over its batches, so that no part can be older than another.
 *
 * Commands at the same time: one writes, the others read what was there before (write-ahead log; not while the file is filled
 * for the first time). Whoever finds
 * another one writing waits for a moment, and then does without; so does whoever finds that another one has removed
 * the file meanwhile, whatever SQLite says of that.
 */
import { Database, type Statement } from "bun:sqlite";
import {
  BATCH_PARTS,
  type BatchPart,
  type IndexStore,
  type IndexStores,
  type PackedBatch,
  type StoredBatch,
  type StoredDirectory,
  StoreFault,
} from "../effects/index_store.ts";
import { requireCacheFolder } from "./cache_folder.ts";
import { STATUSES } from "./file_status.ts";
import { IndexFile, isBusy } from "./index_file.ts";
import { libc } from "./libc.ts";
import { ACCESS_FLAG, OPEN_FLAG } from "./open_flags.ts";
import { PathBuffer } from "./path_buffer.ts";

/** Changes with the tables below. */
const FORMAT = "fastflush index 1";

/** Large values are kept in chains of pages. */
const PAGE_BYTES = 16 * 1024;

/** How long another process is waited for: writing an index of 100,000 messages takes less. */
const BUSY_WAIT_MS = 1000;

/** A file that is mostly empty is made anew when it is larger than this. */
const EMPTY_PAGES_MIN = 1024;
const EMPTY_SHARE_MAX = 0.75;

const FILE_MODE = 0o600;

/** Names of files end at 255 bytes. */
const NAME_LENGTH_MAX = 200;

const TABLES = `
  CREATE TABLE about (meaning TEXT NOT NULL) STRICT;
  CREATE TABLE directories (
    path TEXT PRIMARY KEY, stamp BLOB NOT NULL, below TEXT NOT NULL, seal TEXT NOT NULL
  ) STRICT;
  CREATE TABLE batches (
    number INTEGER PRIMARY KEY, directory TEXT NOT NULL, seals TEXT NOT NULL, live BLOB NOT NULL
  ) STRICT;
  CREATE INDEX batches_by_directory ON batches (directory);
  CREATE TABLE parts (number INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT;
`;

/** Stores in files of the folder with this path (a byte string, absolute). */
export function createIndexStores(folder: string): IndexStores {
  const pathOf = (queueDirectory: string): string => `${folder}/${fileName(queueDirectory)}`;
  return {
    open: (queueDirectory, meaning) => {
      requireCacheFolder(folder);
      return new SqliteStore(pathOf(queueDirectory), `${FORMAT} ${builtAs()} ${meaning}`);
    },
    remove: (queueDirectory) => {
      for (const suffix of ["", "-wal", "-shm"]) {
        libc.unlink(new PathBuffer().encode(pathOf(queueDirectory) + suffix, "unlink"));
      }
    },
  };
}

/**
 * Makes the file where it is missing, for this user's eyes alone, whatever the folder lets others do: it says who writes to
 * whom. SQLite gives what it makes beside it the same mode, and says what is wrong where this fails. One that is there is
 * not opened: to close it would end all locks that this process has on it (https://sqlite.org/howtocorrupt.html, 2.2).
 */
function makePrivate(path: string): void {
  const { create, exclusive, closeOnExec } = OPEN_FLAG;
  const flags = ACCESS_FLAG.write | create | exclusive | closeOnExec;
  const descriptor = libc.open(new PathBuffer().encode(path, "open"), flags, FILE_MODE);
  if (descriptor >= 0) {
    libc.close(descriptor);
  }
}

/** Unlike for unlike directories, unless their paths are very long; the meaning tells those apart. */
function fileName(queueDirectory: string): string {
  const name = queueDirectory
    .slice(1)
    .replace(/[^A-Za-z0-9._-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `${name.slice(-NAME_LENGTH_MAX)}.sqlite`;
}

/** Tells builds of this program apart: another one may make something else of the same message. */
function builtAs(): string {
  const path = Buffer.from(process.execPath, "utf8").toString("latin1");
  const { sizeBytes, mtimeNs } = STATUSES.ofPath(new PathBuffer().encode(path, "stat"), true);
  return `${sizeBytes} ${mtimeNs}`;
}

interface BatchRow {
  readonly number: number;
  readonly directory: string;
  readonly seals: string;
  readonly live: Uint8Array;
}

interface DirectoryRow extends StoredDirectory {
  readonly seal: string;
}

class SqliteStore implements IndexStore {
  readonly #file: IndexFile;
  readonly #database: Database;
  readonly #selectPart: Statement<{ content: Uint8Array }, [number]>;
  readonly #selectBatches: Statement<BatchRow, [string]>;
  readonly #selectSeals: Statement<{ seals: string }, [number]>;
  /** Directories whose seal is to be renewed. */
  readonly #touched = new Set<string>();
  /** What SQLite called the state of the file when this one began to write or read: it changes as soon as others have written. */
  #othersVersion: number | null = null;

  constructor(path: string, meaning: string) {
    const name = Buffer.from(path, "latin1").toString("utf8");
    makePrivate(path);
    // Not made by SQLite where another command has removed it since: anybody might read it then.
    const options = { readwrite: true, create: false, strict: true };
    this.#database = new IndexFile(path).guarded(() => new Database(name, options));
    this.#file = new IndexFile(path);
    try {
      this.#guarded(() => this.#prepareFile(meaning));
      this.#selectPart = this.#guarded(() =>
        this.#database.prepare("SELECT content FROM parts WHERE number = ?1"),
      );
      this.#selectSeals = this.#guarded(() =>
        this.#database.prepare("SELECT seals FROM batches WHERE number = ?1"),
      );
      this.#selectBatches = this.#guarded(() =>
        this.#database.prepare(
          "SELECT number, directory, seals, live FROM batches WHERE directory = ?1 ORDER BY number",
        ),
      );
    } catch (caught) {
      this.#database.close();
      throw caught;
    }
  }

  beginWriting(): boolean {
    return this.#guarded(() => {
      this.#endReading();
      try {
        this.#database.run("BEGIN IMMEDIATE");
        this.#othersVersion = this.#versionOfOthers();
        return true;
      } catch (caught) {
        if (isBusy(caught)) {
          return false;
        }
        throw caught;
      }
    });
  }

  endWriting(): void {
    this.#guarded(() => {
      for (const path of this.#touched) {
        this.#seal(path);
      }
      this.#touched.clear();
      this.#database.run("COMMIT");
    });
  }

  beginReading(): boolean {
    return this.#guarded(() => {
      this.#endReading();
      this.#database.run("BEGIN");
      const before = this.#othersVersion;
      this.#othersVersion = this.#versionOfOthers();
      return before === this.#othersVersion;
    });
  }

  directories(): StoredDirectory[] {
    return this.#guarded(() => {
      const rows = this.#database
        .query<DirectoryRow, []>("SELECT path, stamp, below, seal FROM directories")
        .all();
      for (const row of rows) {
        if (row.seal !== sealOf(row, this.#selectBatches.all(row.path))) {
          throw new StoreFault("broken", `${row.path}: wrong seal`);
        }
      }
      return rows;
    });
  }

  batches(): StoredBatch[] {
    return this.#guarded(() =>
      this.#database
        .query<{ path: string }, []>("SELECT path FROM directories ORDER BY path")
        .all()
        .flatMap(({ path }) => this.#selectBatches.all(path)),
    );
  }

  batchesOf(directory: string): StoredBatch[] {
    return this.#guarded(() => this.#selectBatches.all(directory));
  }

  part(batch: number, part: BatchPart): Uint8Array {
    return this.#guarded(() => {
      const row = this.#selectPart.get(partNumber(batch, part));
      if (row === null || sealOfBytes(row.content) !== this.#sealOf(batch, part)) {
        throw new StoreFault("broken", `batch ${batch}: wrong seal`);
      }
      return row.content;
    });
  }

  putDirectory({ path, stamp, below }: StoredDirectory): void {
    this.#guarded(() => {
      this.#database.run("INSERT OR REPLACE INTO directories VALUES (?1, ?2, ?3, '')", [
        path,
        stamp,
        below,
      ]);
      this.#touched.add(path);
    });
  }

  removeDirectory(path: string): void {
    this.#guarded(() => {
      for (const { number } of this.#selectBatches.all(path)) {
        this.removeBatch(number);
      }
      this.#database.run("DELETE FROM directories WHERE path = ?1", [path]);
    });
  }

  addBatch(directory: string, live: Uint8Array, batch: PackedBatch): number {
    return this.#guarded(() => {
      const seals = BATCH_PARTS.map((part) => sealOfBytes(batch[part])).join(" ");
      const { lastInsertRowid } = this.#database.run(
        "INSERT INTO batches (directory, seals, live) VALUES (?1, ?2, ?3)",
        [directory, seals, live],
      );
      const number = Number(lastInsertRowid);
      for (const part of BATCH_PARTS) {
        const place = partNumber(number, part);
        this.#database.run("INSERT INTO parts VALUES (?1, ?2)", [place, batch[part]]);
      }
      this.#touched.add(directory);
      return number;
    });
  }

  setLive(batch: number, live: Uint8Array): void {
    this.#guarded(() => {
      this.#touch(batch);
      this.#database.run("UPDATE batches SET live = ?1 WHERE number = ?2", [live, batch]);
    });
  }

  removeBatch(batch: number): void {
    this.#guarded(() => {
      this.#touch(batch);
      this.#database.run("DELETE FROM batches WHERE number = ?1", [batch]);
      const first = partNumber(batch, BATCH_PARTS[0]);
      this.#database.run("DELETE FROM parts WHERE number >= ?1 AND number < ?2", [
        first,
        first + BATCH_PARTS.length,
      ]);
    });
  }

  close(): void {
    this.#endReading();
    // What is prepared would keep the file open, and locked.
    this.#selectPart.finalize();
    this.#selectSeals.finalize();
    this.#selectBatches.finalize();
    this.#database.close();
  }

  #guarded<Result>(act: () => Result): Result {
    return this.#file.guarded(act);
  }

  /** Of a batch's part, as it was put down with the batch. */
  #sealOf(batch: number, part: BatchPart): string {
    return this.#selectSeals.get(batch)?.seals.split(" ")[BATCH_PARTS.indexOf(part)] ?? "";
  }

  /** Not changed by what this one writes (https://sqlite.org/pragma.html#pragma_data_version). */
  #versionOfOthers(): number {
    return numberOf(this.#database, "PRAGMA data_version");
  }

  #endReading(): void {
    if (this.#database.inTransaction) {
      this.#database.run("ROLLBACK");
    }
    this.#touched.clear();
  }

  #prepareFile(meaning: string): void {
    const database = this.#database;
    database.run(`PRAGMA busy_timeout = ${BUSY_WAIT_MS}`);
    database.run(`PRAGMA page_size = ${PAGE_BYTES}`);
    database.run("PRAGMA synchronous = OFF");
    const isNew = numberOf(database, "SELECT count(*) FROM sqlite_schema") === 0;
    // Who makes the file fills it without a write-ahead log, from which all of it would have to be copied: 5 % of the time of
    // a first look at 100,000 messages.
    database.run(`PRAGMA journal_mode = ${isNew ? "MEMORY" : "WAL"}`);
    if (isNew) {
      database.run("BEGIN IMMEDIATE");
      // Another process may have come first.
      if (numberOf(database, "SELECT count(*) FROM sqlite_schema") === 0) {
        database.run(TABLES);
        database.run("INSERT INTO about VALUES (?1)", [meaning]);
      }
      database.run("COMMIT");
    }
    const about = database.query<{ meaning: string }, []>("SELECT meaning FROM about").all();
    if (about[0]?.meaning !== meaning) {
      throw new StoreFault("broken", "of another version, or of another queue directory");
    }
    const pages = numberOf(database, "PRAGMA page_count");
    const emptyPages = numberOf(database, "PRAGMA freelist_count");
    if (emptyPages > EMPTY_PAGES_MIN && emptyPages > pages * EMPTY_SHARE_MAX) {
      throw new StoreFault("broken", "mostly empty");
    }
  }

  #touch(batch: number): void {
    const row = this.#database
      .query<{ directory: string }, [number]>("SELECT directory FROM batches WHERE number = ?1")
      .get(batch);
    if (row !== null) {
      this.#touched.add(row.directory);
    }
  }

  #seal(path: string): void {
    const row = this.#database
      .query<StoredDirectory, [string]>(
        "SELECT path, stamp, below FROM directories WHERE path = ?1",
      )
      .get(path);
    if (row !== null) {
      const seal = sealOf(row, this.#selectBatches.all(path));
      this.#database.run("UPDATE directories SET seal = ?1 WHERE path = ?2", [seal, path]);
    }
  }
}

function numberOf(database: Database, sql: string): number {
  return Number(database.query<number[], []>(sql).values()[0]?.[0]);
}

/** Of a batch's part in the table of parts. */
function partNumber(batch: number, part: BatchPart): number {
  return batch * BATCH_PARTS.length + BATCH_PARTS.indexOf(part);
}

/** What stands for a directory with its batches: none of it can be of another time than the rest. */
function sealOf({ path, stamp, below }: StoredDirectory, batches: readonly BatchRow[]): string {
  const parts = batches.map(({ number, seals, live }) => `${number} ${seals} ${sealOfBytes(live)}`);
  return sealOfBytes(Buffer.from([path, below, sealOfBytes(stamp), ...parts].join("\n"), "latin1"));
}

function sealOfBytes(bytes: Uint8Array): string {
  return Bun.hash(bytes).toString(16);
}
