/** Whether real files were changed: written, replaced, removed. */
import { afterAll, describe, expect, test } from "bun:test";
import {
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFileWatch } from "./file_watch.ts";

const folder = mkdtempSync(join(tmpdir(), "fastflush-watch-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FILE = join(folder, "file");

test("a directory is not held: that would be a way out of the jail", () => {
  const held = (): string[] =>
    readdirSync("/proc/self/fd").flatMap((name) => {
      try {
        return [readlinkSync(`/proc/self/fd/${name}`)];
      } catch {
        return []; // The directory's own, which is closed by now.
      }
    });
  writeFileSync(FILE, "x");
  const watch = createFileWatch();
  watch.add(folder);
  watch.add(FILE);
  expect(held()).not.toContain(folder);
  expect(held()).toContain(FILE);
});

describe("a file", () => {
  const rows: readonly (readonly [string, () => void, boolean])[] = [
    ["that nobody touched has not changed", () => {}, false],
    ["beside it does not count", () => writeFileSync(`${FILE}2`, "x"), false],
    ["that was written has changed", () => writeFileSync(FILE, "y"), true],
    ["whose time stamp was put back has, too", () => utimesSync(FILE, 1, 1), true],
    ["that was replaced has changed", () => renameSync(`${FILE}2`, FILE), true],
    ["that was removed has changed", () => unlinkSync(FILE), true],
  ];
  for (const [title, change, hasChanged] of rows) {
    test(title, () => {
      writeFileSync(FILE, "x");
      utimesSync(FILE, 1, 1);
      const watch = createFileWatch();
      watch.add(`${folder}/missing`);
      watch.add(FILE);
      watch.add(FILE);
      expect(watch.hasChanged()).toBeFalse();
      change();
      expect(watch.hasChanged()).toBe(hasChanged);
      writeFileSync(`${FILE}2`, "z");
    });
  }
});

test("the last of many files that has changed is seen", () => {
  const watch = createFileWatch();
  const files = Array.from({ length: 32 }, (_, index) => `${FILE}.${index}`);
  for (const file of files) {
    writeFileSync(file, "x");
    watch.add(file);
  }
  expect(watch.hasChanged()).toBeFalse();
  unlinkSync(files.at(-1) ?? "");
  expect(watch.hasChanged()).toBeTrue();
});
