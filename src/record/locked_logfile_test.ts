import { describe, expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import type { Fault } from "../memory/faults.ts";
import { MemoryFiles } from "../memory/files.ts";
import { parseLogfileName, parseQueueId, type QueueId } from "../names/names.ts";
import { LockedLogfile } from "./locked_logfile.ts";

const PATH = "flush/a_example";

interface Stage {
  readonly disk: MemoryDisk;
  readonly files: MemoryFiles;
  readonly open: () => LockedLogfile;
}

function stage(text: string): Stage {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock);
  disk.makeDirectories("flush");
  disk.writeFile(PATH, text);
  const files = new MemoryFiles(disk);
  const hashing = { hashedQueues: new Set<string>(), depth: 1 };
  const open = (): LockedLogfile => {
    const name = parseLogfileName("a_example");
    if (name === null) {
      throw new Error("not a logfile name");
    }
    const log = LockedLogfile.tryOpen({ files, clock, hashing }, name, { create: false });
    if (typeof log === "string") {
      throw new Error(log);
    }
    return log;
  };
  return { disk, files, open };
}

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

const ids = (...texts: string[]): QueueId[] => texts.flatMap((text) => parseQueueId(text) ?? []);

/** Marsaglia's xorshift, 32 bits: a seed gives the same draws everywhere. */
function generator(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function drawLines(draw: (below: number) => number, letter: string, countMax: number): string[] {
  return Array.from({ length: draw(countMax + 1) }, (_, index) => {
    return `${letter}${index}${"X".repeat(draw(3) === 0 ? draw(30) : 4)}`;
  });
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

describe("LockedLogfile.cut", () => {
  const rows: ReadonlyArray<readonly [what: string, before: string, dead: string, after: string]> =
    [
      ["the whole log", "", "A1\nA2\n", ""],
      ["the beginning, with a short rest", "", "A1\nA2\nA3\n", "B1\n"],
      ["the beginning, with a rest as long", "", "A1\nA2\n", "B1\nB2\n"],
      ["the beginning, with a longer rest", "", "A1\n", "B1\nB2\nB3\nB4\n"],
      ["the end", "A1\nA2\n", "B1\n", ""],
      ["the middle", "A1\n", "B1\nB22\n", "C1\nC333\n"],
      ["nothing", "A1\n", "", "B1\n"],
    ];
  for (const [what, before, dead, after] of rows) {
    test(`takes out ${what}, on the same inode`, () => {
      const { disk, files, open } = stage(before + dead + after);
      const { inode } = files.statusOf(PATH);
      const log = open();
      const isCut = log.cut(before.length, before.length + dead.length, []);
      expect(isCut).toBeTrue();
      expect(log.sizeBytes).toBe((before + after).length);
      log.close();
      const left = linesOf(disk.readFile(PATH));
      expect(left.toSorted()).toEqual(linesOf(before + after).toSorted());
      expect(files.statusOf(PATH).inode).toBe(inode);
    });
  }

  test("leaves all as it is where the rest has a line longer than what goes", () => {
    const { disk, open } = stage("A1\nLONGER1\nLONGER2\n");
    const log = open();
    expect(log.cut(0, 3, [])).toBeFalse();
    log.close();
    expect(disk.readFile(PATH)).toBe("A1\nLONGER1\nLONGER2\n");
  });

  test("ends what it has not moved at a line too long, without losing one", () => {
    const { disk, open } = stage("A1\nA2\nB1\nLONGER1\nB2\n");
    const log = open();
    expect(log.cut(0, 6, [])).toBeFalse();
    log.close();
    const lines = linesOf(disk.readFile(PATH));
    expect(lines).toContain("B1");
    expect(lines).toContain("LONGER1");
    expect(lines).toContain("B2");
  });

  test("costs as much as the hole is large, not as what follows", () => {
    const { disk, files, open } = stage(
      textOf(Array.from({ length: 300_000 }, () => "ABCDEFGHIJ")),
    );
    let writtenBytes = 0;
    let writes = 0;
    const write = files.write.bind(files);
    files.write = (file, bytes, position) => {
      writes++;
      writtenBytes += bytes.length;
      return write(file, bytes, position);
    };
    const log = open();
    expect(log.cut(11, 33, [])).toBeTrue();
    log.close();
    expect([writes, writtenBytes]).toEqual([1, 22]);
    expect(disk.readFile(PATH)).toHaveLength(300_000 * 11 - 22);
  });

  test("leaves a log as it is where moving its lines would take long", () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `A${"X".repeat(index % 50)}`);
    const text = `DEAD1\n${textOf(lines)}`;
    const { disk, open } = stage(text);
    const log = open();
    expect(log.cut(0, 6, ids("STAYING1"))).toBeFalse();
    log.close();
    expect(disk.readFile(PATH)).toBe(text);
  });

  test("a crash anywhere, inside a write too, loses no line that stays", () => {
    let crashes = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const draw = generator(seed * 7919);
      const [before, dead, after] = ["A", "B", "C"].map((each) => drawLines(draw, each, 12));
      const text = [before, dead, after].map((lines) => textOf(lines ?? []));
      const { disk, files, open } = stage(text.join(""));
      const log = open();
      const crashAt = draw(6);
      const takeBytes = draw(20);
      let calls = 0;
      files.fault = ({ operation }): Fault | null => {
        if ((operation !== "write" && operation !== "truncate") || calls++ !== crashAt) {
          return null;
        }
        crashes++;
        const torn = { takeBytes, crash: "after" } as const;
        return draw(2) === 0 ? torn : { crash: draw(2) === 0 ? "before" : "after" };
      };
      const start = text[0]?.length ?? 0;
      try {
        log.cut(start, start + (text[1]?.length ?? 0), ids("STAY1"));
      } catch (caught) {
        expect([seed, (caught as Error).name]).toEqual([seed, "ProcessKilled"]);
      }
      const left = new Set(linesOf(disk.readFile(PATH)));
      const lost = [...(before ?? []), ...(after ?? [])].filter((line) => !left.has(line));
      expect([seed, lost]).toEqual([seed, []]);
    }
    expect(crashes).toBeGreaterThan(100);
  });

  test("without a crash exactly the lines that stay are left", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const draw = generator(seed * 104_729);
      // Lines of one length: none can be too long to be moved.
      const lines = (letter: string): string[] =>
        Array.from({ length: draw(9) }, (_, index) => `${letter}${index}`);
      const [before, dead, after] = [lines("A"), ["B9", ...lines("B")], lines("C")];
      const stay = Array.from({ length: draw(4) }, (_, index) => `S${index}`);
      const { disk, open } = stage(textOf([...before, ...dead, ...after]));
      const start = textOf(before).length;
      const log = open();
      expect([seed, log.cut(start, start + textOf(dead).length, ids(...stay))]).toEqual([
        seed,
        true,
      ]);
      const left = linesOf(disk.readFile(PATH));
      expect([seed, left.toSorted()]).toEqual([seed, [...before, ...after, ...stay].toSorted()]);
    }
  });
});

describe("LockedLogfile", () => {
  test("excludes others while it is open, and not after", () => {
    const { open } = stage("A1\n");
    const log = open();
    expect(open).toThrow("busy");
    log.close();
    open().close();
  });

  test("a log that was removed before it could be locked is busy: open anew", () => {
    const { files, open } = stage("A1\n");
    files.fault = ({ operation }) => {
      if (operation === "tryLock") {
        files.fault = null;
        files.remove(PATH);
      }
      return null;
    };
    expect(open).toThrow("busy");
    expect(open).toThrow("absent");
    expect(files.openCount).toBe(0);
  });

  test("a short write that can't be taken back leaves the entries before it whole", () => {
    const { disk, files, open } = stage("A1\n");
    const log = open();
    files.fault = ({ operation }) => {
      if (operation === "write") {
        files.fault = () => ({ error: new OsError("EIO", "write") });
        return { takeBytes: 2 };
      }
      return null;
    };
    expect(() => log.append(ids("NEW123"))).toThrow(OsError);
    expect(linesOf(disk.readFile(PATH))).toEqual(["A1", "NE"]);
  });

  test("a cut ends where somebody empties the log without its lock, and does not make it longer", () => {
    const { disk, files, open } = stage("A1\nA2\nB1\n");
    const log = open();
    files.truncate(files.open(PATH, { access: "both" }), 0);
    for (const end of [3, 6]) {
      expect(() => log.cut(0, end, [])).toThrow(new OsError("EIO", "read"));
    }
    expect(disk.readFile(PATH)).toBe("");
  });
});
