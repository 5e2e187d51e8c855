import { describe, expect, test } from "bun:test";
import { buildDeferFile } from "../../test/support/queue_files.ts";
import { pick, randomFrom } from "../../test/support/random.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { parseQueueId } from "../names/names.ts";
import { type DeferFileReading, readDeferFile } from "./defer_file.ts";

const ID = parseQueueId("ABC123");
const PATH = "defer/A/ABC123";
const HASHING = { hashedQueues: new Set(["defer"]), depth: 1 };
const POSTFIX = { uid: 102, gid: 105 };

function stage(text: string) {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock, POSTFIX);
  disk.makeDirectories("defer/A");
  disk.writeFile(PATH, text);
  return { clock, disk, files: new MemoryFiles(disk, POSTFIX) };
}

function read(files: MemoryFiles): DeferFileReading {
  if (ID === null) {
    throw new Error("not a queue ID");
  }
  const reading = readDeferFile(files, ID, HASHING);
  expect(files.openCount).toBe(0);
  return reading;
}

const readText = (text: string): DeferFileReading => read(stage(text).files);

const TWO = [
  { recipient: '"a b"@one.example', offset: 648, status: "4.4.1", reason: "refused: 1=2" },
  { recipient: "x@d.test", offset: 70_000, status: "4.7.0", reason: "\xc3\xbc" },
];

describe("readDeferFile", () => {
  test("tells recipient, place, status and reason of each", () => {
    expect(readText(buildDeferFile(TWO))).toEqual({ kind: "read", entries: TWO });
  });

  test("many recipients, by short reads", () => {
    const entries = Array.from({ length: 100 }, (_, index) => ({
      recipient: `user${index}@one.example`,
      offset: index * 70,
      status: "4.4.1",
      reason: "refused",
    }));
    const { files } = stage(buildDeferFile(entries));
    expect(read(files)).toEqual({ kind: "read", entries });
    files.fault = ({ operation }) => (operation === "read" ? { takeBytes: 99 } : null);
    expect(read(files)).toEqual({ kind: "read", entries });
  });

  test("a last paragraph that is still being written is left out, however much is there", () => {
    const [first] = TWO;
    const one = buildDeferFile(TWO.slice(0, 1));
    const both = buildDeferFile(TWO);
    for (let length = one.length; length < both.length; length++) {
      expect(readText(both.slice(0, length))).toEqual({ kind: "read", entries: [first] as never });
    }
  });

  const odd: ReadonlyArray<readonly [what: string, text: string, count: number]> = [
    ["an empty file", "", 0],
    ["no empty line before the first paragraph", buildDeferFile(TWO).slice(1), 2],
    ["names that are not known", buildDeferFile(TWO).replaceAll("action=", "colour="), 2],
    ["no place", buildDeferFile(TWO).replace("offset=648\n", ""), 1],
    ["a place that is no number", buildDeferFile(TWO).replace("=648", "=-648"), 1],
    ["no recipient", buildDeferFile(TWO).replace("recipient=", "somebody="), 1],
    ["neither status nor reason", "\nrecipient=a@b\noffset=1\n\n", 1],
  ];
  for (const [what, text, count] of odd) {
    test(what, () => {
      expect(readText(text)).toMatchObject({ kind: "read", entries: { length: count } });
    });
  }

  test("what a server says is never taken for a name", () => {
    const reason = "recipient=evil@two.example offset=1";
    expect(readText(buildDeferFile([{ recipient: "a@b", offset: 9, reason }]))).toMatchObject({
      entries: [{ recipient: "a@b", offset: 9, reason }],
    });
  });

  test("what is cut off while it is read is not there", () => {
    const { files } = stage(buildDeferFile(TWO));
    let count = 0;
    files.fault = ({ operation }) =>
      operation === "read" ? { takeBytes: count++ === 0 ? 20 : 0 } : null;
    expect(read(files)).toEqual({ kind: "read", entries: [] });
  });

  test("atime stays", () => {
    const { clock, disk, files } = stage(buildDeferFile(TWO));
    clock.advance(1_000);
    const before = new MemoryFiles(disk).statusOf(PATH).atimeNs;
    expect(read(files).kind).toBe("read");
    expect(new MemoryFiles(disk).statusOf(PATH).atimeNs).toBe(before);
  });
});

describe("readDeferFile, what it can't read", () => {
  const unreadable = (why: string) => ({ kind: "unreadable", why: expect.stringContaining(why) });

  test("no file, a link, a large file, a disk with errors", () => {
    const { disk, files } = stage(buildDeferFile(TWO));
    disk.writeFile(PATH, "\n".repeat(8 * 1024 * 1024));
    expect(read(files)).toEqual({ kind: "read", entries: [] });
    disk.writeFile(PATH, "\n".repeat(8 * 1024 * 1024 + 1));
    expect(read(files)).toEqual(unreadable("more than 8388608 bytes") as never);
    files.fault = ({ operation }) =>
      operation === "open" ? { error: new OsError("EACCES", "open") } : null;
    expect(read(files)).toEqual(unreadable("open: Permission denied") as never);
    files.fault = null;
    new MemoryFiles(disk).remove(PATH);
    expect(read(files)).toEqual({ kind: "absent" });
    disk.addLink(PATH, "anything");
    expect(read(files)).toEqual(unreadable("symbolic links") as never);
  });

  for (const seed of [1, 2]) {
    test(`seed ${seed}: mutated files - no exception, no more entries than paragraphs`, () => {
      const random = randomFrom(seed);
      let fewer = 0;
      for (let round = 0; round < 500; round++) {
        let text = buildDeferFile(TWO);
        const at = random(text.length);
        const piece = pick(random, ["\n", "\n\n", "\0", "=", "offset=", "\xff", "recipient=x\n"]);
        text = text.slice(0, at) + piece + text.slice(at + random(30));
        const reading = readText(text);
        const count = reading.kind === "read" ? reading.entries.length : -1;
        expect(count).toBeWithin(0, 3);
        fewer += count < 2 ? 1 : 0;
      }
      expect(fewer).toBeGreaterThan(50);
    });
  }
});
