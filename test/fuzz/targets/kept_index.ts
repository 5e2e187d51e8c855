/**
 * What the operator's command has kept of the deferred queue, in a file of SQLite, after anything has happened to it.
 *
 * Promised: what was kept comes back as it was, or StoreFault is thrown, by which all is read anew.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BATCH_PARTS,
  type IndexStore,
  type PackedBatch,
  StoreFault,
} from "../../../src/effects/index_store.ts";
import { createIndexStores } from "../../../src/sys/index_store.ts";
import { mustHold, type Target } from "../target.ts";

const QUEUE = "/queue";
const MEANING = "test";

function part(fill: number): Uint8Array {
  return new Uint8Array(700).fill(fill);
}

const BATCH: PackedBatch = { state: part(1), facts: part(2), reasons: part(3), texts: part(4) };

/** Calls `use` with a folder that is there for so long. */
function withFolder<Result>(use: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "fastflush-fuzz-index-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A file that holds two batches. */
interface SoundFile {
  readonly name: string;
  readonly text: string;
}

let made: SoundFile | null = null;

function soundFile(): SoundFile {
  made ??= withFolder((folder) => {
    const store = createIndexStores(folder).open(QUEUE, MEANING);
    store.beginWriting();
    for (const path of ["deferred/A", "deferred/B"]) {
      store.putDirectory({ path, stamp: part(5), below: "" });
      store.addBatch(path, Uint8Array.of(1, 1), BATCH);
    }
    store.endWriting();
    store.close();
    const [name = ""] = readdirSync(folder).filter((each) => each.endsWith(".sqlite"));
    return { name, text: readFileSync(join(folder, name), "latin1") };
  });
  return made;
}

function checkStore(store: IndexStore): string {
  store.beginReading();
  const directories = store.directories();
  let parts = 0;
  for (const { number, live } of store.batches()) {
    mustHold("which are live is short", live.length <= 4096);
    for (const name of BATCH_PARTS) {
      mustHold(
        `${name} is as it was written`,
        Bun.deepEquals(store.part(number, name), BATCH[name]),
      );
      parts++;
    }
  }
  return directories.length === 0 ? "empty" : `${parts > 0 ? "parts" : "no parts"}`;
}

function readKept(folder: string): string {
  try {
    const store = createIndexStores(folder).open(QUEUE, MEANING);
    try {
      return checkStore(store);
    } finally {
      store.close();
    }
  } catch (caught) {
    if (caught instanceof StoreFault) {
      return `fault: ${caught.kind}`;
    }
    throw caught;
  }
}

export const KEPT_INDEX: Target = {
  name: "kept_index",
  draw: () => soundFile().text,
  tokens: [
    "SQLite format 3\0",
    "deferred/A",
    "\x0d",
    "\0\0\0\0",
    "\xff\xff\xff\xff",
    "CREATE TABLE",
  ],
  read: (input) =>
    withFolder((folder) => {
      const bytes = Buffer.from(input, "latin1");
      writeFileSync(join(folder, soundFile().name), bytes, { mode: 0o600 });
      return readKept(folder);
    }),
};
