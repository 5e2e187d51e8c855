/** Passes over logs in memory: what is left of them, what a crash leaves, what it costs. */
import { describe, expect, test } from "bun:test";
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
  readonly log: LockedLogfile;
}

/** A log with that text, open. */
function stage(text: string): Stage {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock);
  disk.makeDirectories("flush");
  disk.writeFile(PATH, text);
  const files = new MemoryFiles(disk);
  const hashing = { hashedQueues: new Set<string>(), depth: 1 };
  const name = parseLogfileName("a_example");
  const log = name && LockedLogfile.tryOpen({ files, clock, hashing }, name, { create: false });
  if (log === null || typeof log === "string") {
    throw new Error(`open ${PATH}: ${log}`);
  }
  return { disk, files, log };
}

/** Takes out all lines that `isDead` says; between two blocks `between` is called. */
function takeOut(
  log: LockedLogfile,
  isDead: (text: string) => boolean,
  between: () => void = () => {},
): void {
  const pass = log.pass();
  for (let lines = pass.next(); lines !== null; lines = pass.next()) {
    for (let line = lines.next(); line !== -1; line = lines.next()) {
      if (isDead(lines.text(line))) {
        lines.takeOut(line);
      }
    }
    pass.keep();
    between();
  }
  pass.finish();
}

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

const ids = (...texts: string[]): QueueId[] => texts.flatMap((text) => parseQueueId(text) ?? []);

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

const isDead = (text: string): boolean => text.startsWith("D");

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

/** Lines that stay (L...) and lines that go (D...), of many lengths. */
function drawLines(draw: (below: number) => number, countMax: number): string[] {
  const deadPart = draw(101);
  return Array.from({ length: draw(countMax + 1) }, (_, index) => {
    const letter = draw(100) < deadPart ? "D" : "L";
    return `${letter}${index}_${"X".repeat(draw(3) === 0 ? draw(200) : 4)}`;
  });
}

describe("LogPass", () => {
  const rows: ReadonlyArray<readonly [what: string, before: string, after: string]> = [
    ["an empty log", "", ""],
    ["all", "D1\nD2\n", ""],
    ["none", "A1\nA2\n", "A1\nA2\n"],
    ["the beginning", "D1\nD2\nB1\nB2\nB3\n", "B1\nB2\nB3\n"],
    ["a short line before long ones", "D\nLONGER1\nLONGER2\n", "LONGER1\nLONGER2\n"],
    ["the middle", "A1\nD1\nD22\nC1\nC333\n", "A1\nC1\nC333\n"],
    ["the end", "A1\nD1\n", "A1\n"],
    ["an unterminated end", "A1\nD1", "A1\n"],
    ["lines before an unterminated end", "D1\nA1", "A1\n"],
    ["every second line", "A1\nD1\nA2\nD2\nA3\n", "A1\nA2\nA3\n"],
  ];
  for (const [what, before, after] of rows) {
    test(`takes out ${what}, on the same inode`, () => {
      const { disk, files, log } = stage(before);
      const { inode } = files.statusOf(PATH);
      takeOut(log, isDead);
      expect(log.sizeBytes).toBe(after.length);
      log.close();
      expect(linesOf(disk.readFile(PATH)).toSorted()).toEqual(linesOf(after).toSorted());
      expect(disk.readFile(PATH)).toHaveLength(after.length);
      expect(files.statusOf(PATH).inode).toBe(inode);
    });
  }

  test("of a log in which all stays nothing is written", () => {
    const { files, log } = stage(textOf(Array.from({ length: 100_000 }, () => "ABCDEFGHIJ")));
    const writes: string[] = [];
    files.fault = ({ operation }) => {
      writes.push(operation);
      return null;
    };
    takeOut(log, isDead);
    expect(writes.filter((operation) => operation !== "read")).toEqual([]);
  });

  test("one line out of a large log costs its length twice at most, in large writes", () => {
    const lines = Array.from({ length: 300_000 }, (_, index) => `L${"X".repeat(index % 17)}`);
    const { disk, files, log } = stage(`D1\n${textOf(lines)}`);
    let writtenBytes = 0;
    let writes = 0;
    const write = files.write.bind(files);
    files.write = (file, bytes, position) => {
      writes++;
      writtenBytes += bytes.length;
      return write(file, bytes, position);
    };
    takeOut(log, isDead);
    const length = textOf(lines).length;
    expect(writtenBytes).toBeLessThan(2 * length);
    expect(writes).toBeLessThan(40);
    expect(disk.readFile(PATH)).toHaveLength(length);
  });

  test("a line longer than a block is named by its beginning, and goes", () => {
    const { disk, log } = stage(`A1\n${"Z".repeat(700_000)}\nA2\nA3\n`);
    const seen: string[] = [];
    takeOut(log, (text) => {
      seen.push(text);
      return false;
    });
    expect(seen.map((text) => text.slice(0, 3))).toEqual(["A1", "ZZZ", "A2", "A3"]);
    expect(Math.max(...seen.map(({ length }) => length))).toBeLessThanOrEqual(300);
    expect(linesOf(disk.readFile(PATH)).toSorted()).toEqual(["A1", "A2", "A3"]);
  });

  test("a line longer than a block is no entry, whatever it begins with", () => {
    const { disk, log } = stage(`A1\0${"Z".repeat(700_000)}\nA1\n`);
    const seen: string[] = [];
    takeOut(log, (text) => {
      seen.push(text);
      return false;
    });
    expect(seen.map((text) => text.slice(0, 4))).toEqual(["A1?Z", "A1"]);
    expect(disk.readFile(PATH)).toBe("A1\n");
  });

  test("a line without end is passed a block at a time", () => {
    const { disk, files, log } = stage(`${"\0".repeat(3_000_000)}\nA1\n`);
    let reads = 0;
    const read = files.read.bind(files);
    files.read = (file, into, position) => {
      reads++;
      return read(file, into, position);
    };
    const readsOfTurns: number[] = [];
    takeOut(
      log,
      () => false,
      () => {
        readsOfTurns.push(reads);
        reads = 0;
      },
    );
    expect(Math.max(...readsOfTurns)).toBeLessThanOrEqual(2);
    expect(disk.readFile(PATH)).toBe("A1\n");
  });

  test("a line is cut at a NUL", () => {
    const { disk, log } = stage("A1\0junk\nD2\0\nA3\n");
    const seen: string[] = [];
    takeOut(log, (text) => {
      seen.push(text);
      return text === "D2";
    });
    expect(seen).toEqual(["A1", "D2", "A3"]);
    expect(disk.readFile(PATH)).toBe("A1\0junk\nA3\n");
  });

  test("what is appended between two blocks stays, unseen", () => {
    const lines = Array.from(
      { length: 60_000 },
      (_, index) => `${index % 3 ? "L" : "D"}${index}_XXXX`,
    );
    const { disk, log } = stage(textOf(lines));
    let count = 0;
    const seen = new Set<string>();
    takeOut(
      log,
      (text) => {
        seen.add(text);
        return isDead(text);
      },
      () => log.append(ids(`DNEW${count++}`)),
    );
    expect(count).toBeGreaterThan(2);
    const added = Array.from({ length: count }, (_, index) => `DNEW${index}`);
    expect(added.filter((text) => seen.has(text))).toEqual([]);
    const want = [...lines.filter((text) => !isDead(text)), ...added];
    expect(linesOf(disk.readFile(PATH)).toSorted()).toEqual(want.toSorted());
  });

  test("what was appended meanwhile is moved in large pieces, however little was taken out", () => {
    const { disk, files, log } = stage("L_A\nL_B\nD_C\n");
    const added = Array.from({ length: 30_000 }, (_, index) => `N${index % 10}X`);
    let calls = 0;
    takeOut(log, isDead, () => {
      log.append(ids(...added));
      files.fault = () => {
        calls++;
        return null;
      };
    });
    expect(calls).toBeLessThan(20);
    expect(linesOf(disk.readFile(PATH)).toSorted()).toEqual(["L_A", "L_B", ...added].toSorted());
  });

  test("without a crash exactly the lines that stay are left", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const draw = generator(seed * 104_729);
      // Every tenth log is longer than a block.
      const lines = drawLines(draw, seed % 10 === 0 ? 9000 : 12);
      const { disk, log } = stage(textOf(lines));
      takeOut(log, isDead);
      const left = linesOf(disk.readFile(PATH));
      const want = lines.filter((text) => !isDead(text));
      expect([seed, left.toSorted()]).toEqual([seed, want.toSorted()]);
    }
  });

  test("a crash anywhere, within a write too, loses no line that stays", () => {
    let crashes = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const draw = generator(seed * 7919);
      const lines = drawLines(draw, seed % 4 === 0 ? 9000 : 300);
      const { disk, files, log } = stage(textOf(lines));
      // Cut short anywhere.
      files.pageBytes = 1;
      const crashAt = draw(8);
      let calls = 0;
      files.fault = ({ operation }): Fault | null => {
        if ((operation !== "write" && operation !== "truncate") || calls++ !== crashAt) {
          return null;
        }
        crashes++;
        const torn = { takeBytes: draw(500), crash: "after" } as const;
        return draw(2) === 0 ? torn : { crash: draw(2) === 0 ? "before" : "after" };
      };
      try {
        takeOut(log, isDead);
      } catch (caught) {
        expect([seed, (caught as Error).name]).toEqual([seed, "ProcessKilled"]);
      }
      const left = new Set(linesOf(disk.readFile(PATH)));
      const lost = lines.filter((text) => !isDead(text) && !left.has(text));
      expect([seed, lost]).toEqual([seed, []]);
      const text = disk.readFile(PATH);
      expect([seed, text === "" || text.endsWith("\n")]).toEqual([seed, true]);
    }
    expect(crashes).toBeGreaterThan(100);
  });

  test("a crash loses nothing either of what was appended meanwhile, more than what is free", () => {
    let crashes = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const draw = generator(seed * 32_452_843);
      const lines = ["D", ...drawLines(draw, 20)];
      const { disk, files, log } = stage(textOf(lines));
      const added = Array.from({ length: 1 + draw(300) }, (_, index) => {
        const length = draw(3) === 0 ? draw(200) : 4;
        return `NEW${index}_${"X".repeat(length)}`;
      });
      files.pageBytes = 1;
      const crashAt = draw(12);
      let calls = 0;
      try {
        takeOut(log, isDead, () => {
          log.append(ids(...added));
          files.fault = ({ operation }): Fault | null => {
            if (operation !== "write" || calls++ !== crashAt) {
              return null;
            }
            crashes++;
            return { takeBytes: draw(500), crash: "after" };
          };
        });
      } catch (caught) {
        expect([seed, (caught as Error).name]).toEqual([seed, "ProcessKilled"]);
      }
      const left = new Set(linesOf(disk.readFile(PATH)));
      const lost = [...lines, ...added].filter((text) => !isDead(text) && !left.has(text));
      expect([seed, lost]).toEqual([seed, []]);
    }
    expect(crashes).toBeGreaterThan(50);
  });

  test("on a full disk the log keeps every line that was to stay", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const draw = generator(seed * 15_485_863);
      const lines = drawLines(draw, 300);
      const { disk, files, log } = stage(textOf(lines));
      const sizeMax = textOf(lines).length + draw(500);
      const write = files.write.bind(files);
      files.write = (file, bytes, position) =>
        write(file, bytes.subarray(0, Math.max(0, sizeMax - position)), position);
      try {
        takeOut(log, isDead);
      } catch (caught) {
        expect([seed, (caught as Error).message]).toEqual([seed, "write: No space left on device"]);
      }
      const left = new Set(linesOf(disk.readFile(PATH)));
      const lost = lines.filter((text) => !isDead(text) && !left.has(text));
      expect([seed, lost]).toEqual([seed, []]);
    }
  });
});
