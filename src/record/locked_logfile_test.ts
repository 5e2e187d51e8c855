import { describe, expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
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

  test("what others write until it is locked stays, and is read", () => {
    const { disk, files, open } = stage("A1\n");
    files.fault = ({ operation }) => {
      if (operation === "tryLock") {
        disk.writeFile(PATH, "A1\nA2\n");
      }
      return null;
    };
    const log = open();
    expect(log.appendNew(ids("A2", "NEW1"))).toBe(1);
    expect(disk.readFile(PATH)).toBe("A1\nA2\nNEW1\n");
  });

  test("an entry that another log held counts for nothing where this one was read in part", () => {
    const other = stage("A1\nXY\n").open();
    expect(other.appendNew(ids("XY"))).toBe(0);
    const { disk, files, open } = stage("A1\nB1\n");
    const log = open();
    files.fault = ({ operation }) => (operation === "read" ? { takeBytes: 3 } : null);
    expect(log.appendNew(ids("XY"))).toBe(1);
    expect(disk.readFile(PATH)).toBe("A1\nB1\nXY\n");
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

  test("what can't be confirmed is taken back, and what is appended then stands where it should", () => {
    for (const forgets of [true, false]) {
      const { disk, files, open } = stage("A1\nB2");
      const log = open();
      log.append(ids("C3"));
      files.fault = ({ operation }) =>
        operation === "confirmWritten" ? { error: new OsError("EDQUOT", "close"), forgets } : null;
      expect(() => log.confirm()).toThrow("write: Disk quota exceeded");
      expect(disk.readFile(PATH)).toBe("A1\nB2");
      files.fault = null;
      log.append(ids("D4"));
      log.close();
      expect(disk.readFile(PATH)).toBe("A1\nB2\nD4\n");
    }
  });

  test("what was confirmed stays where a later append can't be", () => {
    const { disk, files, open } = stage("A1\n");
    const log = open();
    log.append(ids("B2"));
    log.confirm();
    log.append(ids("C3"));
    files.fault = ({ operation }) =>
      operation === "confirmWritten" ? { error: new OsError("EDQUOT", "close") } : null;
    expect(() => log.confirm()).toThrow(OsError);
    expect(disk.readFile(PATH)).toBe("A1\nB2\n");
  });

  test("no pass begins behind a line whose end can't be confirmed", () => {
    const { disk, files, open } = stage("A1\nB2");
    const log = open();
    files.fault = ({ operation }) =>
      operation === "confirmWritten" ? { error: new OsError("EDQUOT", "close") } : null;
    expect(() => log.pass()).toThrow("write: Disk quota exceeded");
    expect(disk.readFile(PATH)).toBe("A1\nB2");
  });

  test("the close of a log that was cut alone says nothing", () => {
    const { disk, files, open } = stage("GONE1\nGONE2\n");
    const log = open();
    const pass = log.pass();
    const lines = pass.next();
    for (let line = lines?.next() ?? -1; line !== -1; line = lines?.next() ?? -1) {
      lines?.takeOut(line);
    }
    pass.keep();
    pass.finish();
    files.fault = () => ({ error: new OsError("EIO", "close") });
    log.close();
    expect(disk.readFile(PATH)).toBe("");
    expect(files.openCount).toBe(0);
  });

  test("a last line without its end is ended, though no more was read than the lines before it", () => {
    const { disk, files, open } = stage("A1\nB2");
    const log = open();
    files.fault = ({ operation }) => (operation === "read" ? { takeBytes: 3 } : null);
    expect(log.appendNew(ids("C3"))).toBe(1);
    expect(disk.readFile(PATH)).toBe("A1\nB2\nC3\n");
  });

  test("a pass confirms each copy before it cuts, or writes over what it has copied", () => {
    const { files, open } = stage("GONE1\nA1\nGONE2\n");
    const log = open();
    const pass = log.pass();
    const calls: string[] = [];
    files.fault = ({ operation }) => {
      calls.push(operation);
      return null;
    };
    const lines = pass.next();
    for (let line = lines?.next() ?? -1; line !== -1; line = lines?.next() ?? -1) {
      if (lines?.text(line).startsWith("GONE") === true) {
        lines.takeOut(line);
      }
    }
    pass.keep();
    pass.finish();
    const changes = calls.filter((call) => call !== "read" && call !== "status");
    // The line that stays goes to the end, and from there to the place of the first that is gone.
    expect(changes).toEqual(["write", "confirmWritten", "write", "confirmWritten", "truncate"]);
  });

  test("what can be neither confirmed nor taken back is written over", () => {
    const { disk, files, open } = stage("A1\n");
    const log = open();
    log.append(ids("B2"));
    files.fault = ({ operation }) =>
      operation === "write" ? null : { error: new OsError("EIO", operation) };
    expect(() => log.confirm()).toThrow("truncate: Input/output error");
    files.fault = null;
    log.append(ids("C3"));
    expect(linesOf(disk.readFile(PATH))).toEqual(["A1", "C3"]);
  });

  test("appends what the log lacks, few entries or many; a last line without its end is none", () => {
    const names = Array.from({ length: 80 }, (_, index) => `NEW${index}`);
    for (const count of [1, 8, 63, 64, 80]) {
      const { disk, open } = stage("OLD1\nNEW1\nNEW0");
      const log = open();
      const isThere = count > 1 ? 1 : 0;
      expect(log.appendNew(ids(...names.slice(0, count), "OLD1"))).toBe(count - isThere);
      const added = names.slice(0, count).filter((name) => name !== "NEW1");
      expect(linesOf(disk.readFile(PATH))).toEqual(["OLD1", "NEW1", "NEW0", ...added]);
    }
  });

  test("a pass ends where somebody empties the log without its lock, and does not make it longer", () => {
    // Larger than what is read as soon as the pass begins.
    const { disk, files, open } = stage("A1\n".repeat(1000));
    const log = open();
    const pass = log.pass();
    files.truncate(files.open(PATH, { access: "both" }), 0);
    expect(() => pass.next()).toThrow(new OsError("EIO", "read"));
    expect(disk.readFile(PATH)).toBe("");
  });

  test("an append that a page's end cuts short leaves no line without its end", () => {
    const page = 4096;
    const entry = "NEW123\n";
    let cuts = 0;
    for (let start = page - entry.length; start <= page; start++) {
      const { disk, files, open } = stage(`${"A".repeat(start - 1)}\n`);
      const log = open();
      let calls = 0;
      files.fault = ({ operation }) => {
        // Killed where the page ends, in the first write that goes over it.
        const takeBytes = page - start;
        const isCut = operation === "write" && calls++ === 0 && takeBytes > 0;
        cuts += isCut ? 1 : 0;
        return isCut ? { takeBytes, crash: "after" } : null;
      };
      try {
        log.append(ids("NEW123"));
      } catch (caught) {
        expect([start, (caught as Error).name]).toEqual([start, "ProcessKilled"]);
      }
      expect([start, disk.readFile(PATH).endsWith("\n")]).toEqual([start, true]);
    }
    expect(cuts).toBe(entry.length);
  });
});
