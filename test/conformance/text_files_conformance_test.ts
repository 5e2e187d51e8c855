/** Text files, real and in memory. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TextFiles } from "../../src/effects/text_files.ts";
import { MemoryTextFiles } from "../../src/memory/text_files.ts";
import { createTextFiles } from "../../src/sys/text_files.ts";
import { codeOf } from "./stage.ts";

const root = mkdtempSync(join(tmpdir(), "fastflush-text-"));
afterAll(() => rmSync(root, { recursive: true }));

const memory = new MemoryTextFiles();
const kinds: [kind: string, files: TextFiles, put: (path: string, text: string) => void][] = [
  ["real", createTextFiles(), putReal],
  ["in memory", memory, (path, text) => memory.put(path, text, 1_700_000_000_123)],
];

function putReal(path: string, text: string): void {
  writeFileSync(path, text, "latin1");
  utimesSync(path, 1_700_000_000, 1_700_000_000.1234);
}

describe.each(kinds)("text files, %s", (_, files, put) => {
  test("come with their bytes and their time", () => {
    for (const text of ["", "a = b\r\n\0\xff\xc3\xa9", "0123456789".repeat(20_000)]) {
      put(`${root}/main.cf`, text);
      const file = files.read(`${root}/main.cf`);
      expect(file.text === text).toBe(true);
      expect(file.modifiedMs).toBe(1_700_000_000_123);
    }
  });

  test("are missed where they are not", () => {
    expect(codeOf(() => files.read(`${root}/gone`))).toBe("ENOENT");
  });
});

describe("text files, real only", () => {
  test("are no directories, but can be links", () => {
    mkdirSync(`${root}/dir`);
    const before = readdirSync("/proc/self/fd").length;
    expect(codeOf(() => createTextFiles().read(`${root}/dir`))).toBe("EISDIR");
    expect(readdirSync("/proc/self/fd").length).toBe(before);
    expect(createTextFiles().read("/proc/self/comm").text.length).toBeGreaterThan(1);
  });
});
