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

/** The folder of this process, made at the first use and removed at its end. */
let folder: string | null = null;

function folderPath(): string {
  if (folder === null) {
    const made = mkdtempSync(join(tmpdir(), "fastflush-fuzz-index-"));
    process.on("exit", () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return folder;
}

function clear(): void {
  for (const name of readdirSync(folderPath())) {
    rmSync(join(folderPath(), name));
  }
}

/** The bytes of a file that holds two batches. */
let sound: string | null = null;

function soundFile(): string {
  if (sound === null) {
    const store = createIndexStores(folderPath()).open(QUEUE, MEANING);
    store.beginWriting();
    for (const path of ["deferred/A", "deferred/B"]) {
      store.putDirectory({ path, stamp: part(5), below: "" });
      store.addBatch(path, Uint8Array.of(1, 1), BATCH);
    }
    store.endWriting();
    store.close();
    const [name = ""] = readdirSync(folderPath()).filter((each) => each.endsWith(".sqlite"));
    sound = readFileSync(join(folderPath(), name), "latin1");
    fileName = name;
  }
  return sound;
}
let fileName = "";

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

export const KEPT_INDEX: Target = {
  name: "kept_index",
  draw: soundFile,
  tokens: [
    "SQLite format 3\0",
    "deferred/A",
    "\x0d",
    "\0\0\0\0",
    "\xff\xff\xff\xff",
    "CREATE TABLE",
  ],
  read: (input) => {
    soundFile();
    clear();
    writeFileSync(join(folderPath(), fileName), Buffer.from(input, "latin1"), { mode: 0o600 });
    try {
      const store = createIndexStores(folderPath()).open(QUEUE, MEANING);
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
  },
};
