/** The index in a file: what was kept comes back whole, or a fault is thrown, whatever has happened to the file. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { randomFrom } from "../../test/support/random.ts";
import { faultOf } from "../../test/support/store_fault.ts";
import {
  BATCH_PARTS,
  type IndexStore,
  type PackedBatch,
  StoreFault,
} from "../effects/index_store.ts";
import { createIndexStores } from "./index_store.ts";

const QUEUE = "/var/spool/post fix";
let parent = "";

beforeAll(() => {
  parent = mkdtempSync("/var/tmp/fastflush-store-");
});
afterAll(() => rmSync(parent, { recursive: true }));

let folderCount = 0;
function newFolder(): string {
  return join(parent, `cache${folderCount++}`);
}

function bytes(seed: number, count: number): Uint8Array {
  const random = randomFrom(seed);
  return Uint8Array.from({ length: count }, () => random(256));
}

function batch(seed: number, count = 5000): PackedBatch {
  const [state, facts, reasons, texts] = [1, 2, 3, 4].map((part) => bytes(seed * 10 + part, count));
  const none = new Uint8Array(0);
  return {
    state: state ?? none,
    facts: facts ?? none,
    reasons: reasons ?? none,
    texts: texts ?? none,
  };
}

/** All that a store holds: by directory. */
function contentOf(store: IndexStore): Record<string, unknown> {
  store.beginReading();
  const batches = store.batches().map(({ number, directory, live }) => ({
    directory,
    live: [...live],
    parts: BATCH_PARTS.map((part) => Bun.hash(store.part(number, part))),
  }));
  const entries = store.directories().map(({ path, stamp, below }) => {
    const own = batches.filter(({ directory }) => directory === path);
    return [path, { stamp: Bun.hash(stamp), below, batches: own }] as const;
  });
  expect(batches.every(({ directory }) => entries.some(([path]) => path === directory))).toBeTrue();
  return Object.fromEntries(entries);
}

function fill(store: IndexStore, seeds: readonly number[]): void {
  expect(store.beginWriting()).toBeTrue();
  for (const seed of seeds) {
    const path = `deferred/${seed}`;
    store.addBatch(path, Uint8Array.of(1, 1, 1), batch(seed));
    store.putDirectory({ path, stamp: bytes(seed, 48), below: "AB" });
  }
  store.endWriting();
}

const [FILE, SUFFIXES] = ["var%2fspool%2fpost%20fix.sqlite", ["", "-wal", "-shm"]] as const;

test("what was written is there for the next one, as it was", () => {
  const stores = createIndexStores(newFolder());
  const store = stores.open(QUEUE, "m");
  fill(store, [1, 2, 3]);
  const [first, second] = store.batches();
  store.beginWriting();
  store.setLive(first?.number ?? 0, Uint8Array.of(1, 0, 1));
  store.removeBatch(second?.number ?? 0);
  store.removeDirectory("deferred/3");
  store.endWriting();
  const content = contentOf(store);
  store.close();
  const again = stores.open(QUEUE, "m");
  expect(contentOf(again)).toEqual(content);
  expect(again.directories().map(({ path }) => path)).toEqual(["deferred/1", "deferred/2"]);
  expect(again.batches().map(({ live }) => [...live])).toEqual([[1, 0, 1]]);
  again.close();
});

test("nobody else may read it, also in a folder that others may look into", () => {
  const folder = newFolder();
  mkdirSync(folder, { mode: 0o755 });
  const stores = createIndexStores(folder);
  const store = stores.open(QUEUE, "m");
  fill(store, [1]);
  store.beginWriting();
  store.removeDirectory("deferred/1");
  store.endWriting();
  const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
  expect(modes.length).toBeGreaterThan(0);
  expect(modes.every((mode) => mode === 0o600)).toBeTrue();
  store.close();
});

test("what was not ended was not written", () => {
  const stores = createIndexStores(newFolder());
  const store = stores.open(QUEUE, "m");
  fill(store, [1]);
  store.beginWriting();
  store.removeDirectory("deferred/1");
  store.close();
  const again = stores.open(QUEUE, "m");
  expect(again.directories()).toHaveLength(1);
  again.close();
});

test("what means something else is of no use, and can be removed", () => {
  const folder = newFolder();
  const stores = createIndexStores(folder);
  const store = stores.open(QUEUE, "m");
  fill(store, [1]);
  store.close();
  expect(() => stores.open(QUEUE, "other")).toThrow(StoreFault);
  stores.remove(QUEUE);
  expect(readdirSync(folder)).toEqual([]);
  const other = stores.open(QUEUE, "other");
  expect(other.directories()).toEqual([]);
  other.close();
});

test("nothing is left of what is removed while another command has it open", () => {
  const folder = newFolder();
  const stores = createIndexStores(folder);
  // The first filling needs no write-ahead log.
  const first = stores.open(QUEUE, "m");
  fill(first, [1]);
  first.close();
  const open = stores.open(QUEUE, "m");
  fill(open, [2]);
  expect(readdirSync(folder)).toHaveLength(3);
  stores.remove(QUEUE);
  expect(readdirSync(folder)).toEqual([]);
  open.close();
});

test("what another build of the program has kept is of no use", () => {
  const folder = newFolder();
  const stores = createIndexStores(folder);
  const store = stores.open(QUEUE, "m");
  fill(store, [1]);
  store.close();
  const { execPath } = process;
  const other = join(parent, "another build");
  writeFileSync(other, "");
  process.execPath = other;
  try {
    expect(() => stores.open(QUEUE, "m")).toThrow("of another version");
  } finally {
    process.execPath = execPath;
  }
  const again = stores.open(QUEUE, "m");
  expect(again.directories()).toHaveLength(1);
  again.close();
});

test("each queue directory has a file of its own", () => {
  const folder = newFolder();
  const stores = createIndexStores(folder);
  for (const queue of ["/a/b", "/a%2fb", "/a_b"]) {
    const store = stores.open(queue, queue);
    fill(store, [1]);
    store.close();
  }
  expect(readdirSync(folder)).toHaveLength(3);
});

test("queue directories whose paths are longer than a file's name may be have files too, and never one another's", () => {
  const stores = createIndexStores(newFolder());
  const end = `/${"q".repeat(250)}`;
  const [one, other] = [`/one${end}`, `/other${end}`];
  const store = stores.open(one, `of ${one}`);
  fill(store, [1]);
  store.close();
  // As long as they end alike they share a file, which is of use to one of them.
  expect(faultOf(() => stores.open(other, `of ${other}`)).kind).toBe("broken");
  const again = stores.open(one, `of ${one}`);
  expect(again.batches()).toHaveLength(1);
  again.close();
});

describe("two at once", () => {
  test("one writes, the other reads what was there before, and can't write", () => {
    const stores = createIndexStores(newFolder());
    const one = stores.open(QUEUE, "m");
    fill(one, [1]);
    const other = stores.open(QUEUE, "m");
    const before = contentOf(other);
    expect(one.beginWriting()).toBeTrue();
    one.removeDirectory("deferred/1");
    expect(contentOf(other)).toEqual(before);
    expect(other.beginWriting()).toBeFalse();
    other.beginReading();
    expect(other.directories()).toHaveLength(1);
    one.endWriting();
    expect(other.directories()).toHaveLength(1);
    other.beginReading();
    expect(other.directories()).toEqual([]);
    one.close();
    other.close();
  });

  test("what one process has open stays locked when it opens it once more", () => {
    const folder = newFolder();
    const stores = createIndexStores(folder);
    stores.open(QUEUE, "m").close();
    const store = stores.open(QUEUE, "m");
    fill(store, [1]);
    const { ino } = statSync(join(folder, FILE));
    const locks = (): string[] =>
      readFileSync("/proc/locks", "utf8").match(RegExp(`POSIX .*:${ino} .*`, "g")) ?? [];
    const before = locks();
    expect(before).not.toEqual([]);
    stores.open(QUEUE, "m").close();
    expect(locks()).toEqual(before);
    store.close();
  });

  test("a process that is killed while it writes leaves what was there before", async () => {
    const folder = newFolder();
    const stores = createIndexStores(folder);
    const store = stores.open(QUEUE, "m");
    fill(store, [1, 2]);
    const before = contentOf(store);
    store.close();
    const script = `
      const { createIndexStores } = await import(${JSON.stringify(join(import.meta.dir, "index_store.ts"))});
      const store = createIndexStores(${JSON.stringify(folder)}).open(${JSON.stringify(QUEUE)}, "m");
      store.beginWriting();
      store.removeDirectory("deferred/1");
      const part = new Uint8Array(3_000_000).fill(7);
      for (let n = 0; n < 10; n++) store.addBatch("deferred/2", part.subarray(0, 9), { state: part, facts: part, reasons: part, texts: part });
      console.log("written");
      setInterval(() => {}, 1000);
    `;
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    const { value } = await child.stdout.getReader().read();
    expect(Buffer.from(value ?? []).toString()).toBe("written\n");
    child.kill("SIGKILL");
    await child.exited;
    const again = stores.open(QUEUE, "m");
    expect(contentOf(again)).toEqual(before);
    fill(again, [3]);
    again.close();
  });
});

test("a file that another command has removed, or replaced, is not broken, whatever is wrong with it", () => {
  const stores = createIndexStores(newFolder());
  const store = stores.open(QUEUE, "m");
  fill(store, [1]);
  expect(faultOf(() => store.part(99, "facts")).kind).toBe("broken");
  stores.remove(QUEUE);
  expect(faultOf(() => store.part(99, "facts")).kind).toBe("busy");
  const other = stores.open(QUEUE, "m");
  expect(faultOf(() => store.part(99, "facts")).kind).toBe("busy");
  expect(faultOf(() => other.part(99, "facts")).kind).toBe("broken");
  store.close();
  other.close();
});

describe("whether what was written last is what is read now", () => {
  const rows: ReadonlyArray<readonly [who: string, meanwhile: boolean, behind: boolean]> = [
    ["nobody else writes", false, false],
    ["somebody writes before the reading begins", true, false],
    ["somebody writes while it is read", false, true],
  ];
  for (const [what, meanwhile, behind] of rows) {
    test(what, () => {
      const stores = createIndexStores(newFolder());
      // Who makes the file has it for himself.
      stores.open(QUEUE, "m").close();
      const store = stores.open(QUEUE, "m");
      const other = stores.open(QUEUE, "m");
      fill(other, [1]);
      fill(store, [2]);
      if (meanwhile) {
        fill(other, [3]);
      }
      expect(store.beginReading()).toBe(!meanwhile);
      const { length } = store.batches();
      if (behind) {
        fill(other, [4]);
      }
      expect(store.batches()).toHaveLength(length);
      // Nobody has written since the reading began, or somebody has.
      expect(store.beginReading()).toBe(!behind);
      store.close();
      other.close();
    });
  }
});

test("a directory's batches", () => {
  const store = createIndexStores(newFolder()).open(QUEUE, "m");
  fill(store, [1, 2]);
  store.beginReading();
  const [first] = store.batches();
  expect(store.batchesOf("deferred/1")).toEqual(first === undefined ? [] : [first]);
  expect(store.batchesOf("deferred/3")).toEqual([]);
  store.close();
});

test("trouble with a file names it", () => {
  const folder = newFolder();
  mkdirSync(join(folder, FILE), { recursive: true, mode: 0o700 });
  const fault = faultOf(() => createIndexStores(folder).open(QUEUE, "m"));
  expect(fault.kind).toBe("trouble");
  expect(fault.message).toBe(`${join(folder, FILE)}: unable to open database file`);
});

describe("a file that is not as it was written", () => {
  /** A store in a folder of its own, closed. */
  function written(): { folder: string; path: string; content: Record<string, unknown> } {
    const folder = newFolder();
    const store = createIndexStores(folder).open(QUEUE, "m");
    fill(store, [1, 2, 3, 4]);
    const content = contentOf(store);
    store.close();
    return { folder, path: join(folder, FILE), content };
  }

  /** What opening and reading it all gives; "broken": it can go. */
  function read(folder: string): Record<string, unknown> | "broken" {
    const stores = createIndexStores(folder);
    let store: IndexStore | null = null;
    try {
      store = stores.open(QUEUE, "m");
      return contentOf(store);
    } catch (caught) {
      if (!(caught instanceof StoreFault)) {
        throw caught;
      }
      expect(caught.kind).toBe("broken");
      return "broken";
    } finally {
      store?.close();
    }
  }

  for (const [what, change] of [
    ["no database", (path) => writeFileSync(path, "This is no database. ".repeat(1000))],
    ["cut in half", (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ["cut by one page", (path) => truncateSync(path, statSync(path).size - 16_384)],
  ] as const satisfies ReadonlyArray<readonly [string, (path: string) => void]>) {
    test(what, () => {
      const { folder, path } = written();
      change(path);
      expect(read(folder)).toBe("broken");
    });
  }

  test("empty: nothing is kept", () => {
    const { folder, path } = written();
    writeFileSync(path, "");
    expect(read(folder)).toEqual({});
  });

  for (const seed of [1, 2]) {
    test(`bytes that have changed, seed ${seed}`, () => {
      const random = randomFrom(seed);
      const { folder, path, content } = written();
      const right = readFileSync(path);
      const outcomes = new Set<string>();
      for (let round = 0; round < 150; round++) {
        const wrong = Buffer.from(right);
        const at = random(wrong.length);
        wrong[at] = (wrong[at] ?? 0) ^ (1 << random(8));
        for (const suffix of SUFFIXES) {
          rmSync(path + suffix, { force: true });
        }
        writeFileSync(path, wrong);
        const found = read(folder);
        outcomes.add(found === "broken" ? "broken" : "whole");
        // A directory may be missing: it is read again. What is there is right.
        if (found !== "broken") {
          expect(content).toMatchObject(found);
        }
      }
      expect(outcomes).toContain("broken");
    });
  }
});
