import { describe, expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { type LogfileName, parseLogfileName } from "../names/names.ts";
import { readSmallLogfile } from "./read_entries.ts";

const NAME = parseLogfileName("a_example") as LogfileName;
const HASHING = { hashedQueues: new Set<string>(), depth: 1 };
const OWNER = { uid: 100, gid: 100 };
const OTHER_OWNER = { uid: 101, gid: 101 };

const CASES: ReadonlyArray<readonly [string, string, readonly string[] | null]> = [
  ["an empty log", "", []],
  ["entries, repeats too", "A1\nB2\nA1\n", ["A1", "B2", "A1"]],
  ["a line that is no entry", "A1\nbad-id\n", null],
  ["an empty line", "A1\n\n", null],
  ["a line cut at a NUL", "A1\0junk\n", null],
  ["a last line without its end", "A1\nB2", null],
  ["only such a line", "A1", null],
  ["a log just small enough", "A12345\n".repeat(146), Array(146).fill("A12345")],
  ["a log as large as the block", `${"A12345\n".repeat(146)}B\n`, null],
];

describe("readSmallLogfile", () => {
  for (const [what, text, expected] of CASES) {
    test(`${what}: ${expected === null ? "null" : `${expected.length} entries`}`, () => {
      const disk = new MemoryDisk(new MemoryClock());
      disk.makeDirectories("flush");
      disk.writeFile("flush/a_example", text);
      const files = new MemoryFiles(disk);
      expect<readonly string[] | null>(readSmallLogfile({ files, hashing: HASHING }, NAME)).toEqual(
        expected,
      );
      expect(files.openCount).toBe(0);
    });
  }

  test("there is no such log: no entries", () => {
    const files = new MemoryFiles(new MemoryDisk(new MemoryClock()));
    expect(readSmallLogfile({ files, hashing: HASHING }, NAME)).toEqual([]);
  });

  test("another owner's log can't be read without a trace: null", () => {
    const disk = new MemoryDisk(new MemoryClock(), OWNER);
    disk.makeDirectories("flush");
    disk.writeFile("flush/a_example", "A1\n", { ...OTHER_OWNER, mode: 0o666 });
    const files = new MemoryFiles(disk, OWNER);
    expect(readSmallLogfile({ files, hashing: HASHING }, NAME)).toBeNull();
  });
});
