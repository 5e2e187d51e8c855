/** What only files in memory do: faults, killed processes, kernel ticks. The rest: test/conformance/. */
import { describe, expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import { stringToBytes } from "../names/byte_string.ts";
import { MemoryClock } from "./clock.ts";
import { MemoryDisk } from "./disk.ts";
import { type Fault, ProcessKilled } from "./faults.ts";
import { MemoryFiles } from "./files.ts";

const appending = { access: "both", append: true, create: true } as const;

function setUp() {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock);
  return { clock, disk, files: new MemoryFiles(disk), others: new MemoryFiles(disk) };
}

describe("faults", () => {
  test("are asked about every call, with its path", () => {
    const { disk, files } = setUp();
    disk.makeDirectories("flush");
    const calls: string[] = [];
    files.fault = ({ operation, path }) => {
      calls.push(`${operation} ${path}`);
      return null;
    };
    const file = files.open("flush/a", appending);
    files.tryLock(file);
    files.append(file, stringToBytes("A1\n"));
    files.read(file, new Uint8Array(1), 0);
    files.write(file, stringToBytes(""), 0);
    files.truncate(file, 0);
    files.changeMode(file, 0o600);
    files.status(file);
    files.unlock(file);
    files.confirmWritten(file);
    files.close(file);
    files.closeWritten(files.open("flush/a", appending));
    files.rename("flush/a", "flush/b");
    files.setTimes("flush/b", 1);
    files.statusOf("flush/b");
    files.isThere("flush/b");
    files.changeGroup("flush/b", 0);
    files.remove("flush/b");
    files.makeDirectory("new", 0o700);
    const reader = files.openDirectory("new");
    reader.next(1);
    reader.close();
    const onFile = ["tryLock", "append", "read", "write", "truncate", "changeMode", "status"];
    expect(calls).toEqual([
      ...["open", ...onFile, "unlock", "confirmWritten", "close"].map((name) => `${name} flush/a`),
      ...["open", "closeWritten", "rename"].map((name) => `${name} flush/a`),
      ...["setTimes", "statusOf", "isThere", "changeGroup", "remove"].map(
        (name) => `${name} flush/b`,
      ),
      ...["makeDirectory", "openDirectory", "readDirectory", "close"].map((name) => `${name} new`),
    ]);
    expect(files.openCount).toBe(0);
  });

  test("an error leaves everything as it was", () => {
    const { disk, files } = setUp();
    const file = files.open("log", appending);
    files.fault = ({ operation }) =>
      operation === "append" ? { error: new OsError("ENOSPC", "write") } : null;
    expect(() => files.append(file, stringToBytes("A1\n"))).toThrow(
      "write: No space left on device",
    );
    expect(disk.readFile("log")).toBe("");
  });

  for (const operation of ["close", "closeWritten"] as const) {
    test(`a ${operation} that fails closes all the same`, () => {
      const { files, others } = setUp();
      const file = files.open("log", appending);
      files.tryLock(file);
      files.fault = () => ({ error: new OsError("EIO", "close") });
      const close = () => files[operation](file);
      if (operation === "close") {
        close();
      } else {
        expect(close).toThrow("close: Input/output error");
      }
      expect(files.openCount).toBe(0);
      expect(others.tryLock(others.open("log", appending))).toBe(true);
    });
  }

  for (const operation of ["close", "closeWritten", "confirmWritten"] as const) {
    test(`a ${operation} that fails may forget what was written since it was last confirmed, and no cut`, () => {
      const { disk, files } = setUp();
      disk.writeFile("log", "A1\nB2\nC3\n");
      const file = files.open("log", { access: "both" });
      files.truncate(file, 6);
      files.confirmWritten(file);
      files.write(file, stringToBytes("D4\nE5\n"), 3);
      files.truncate(file, 8);
      files.write(file, stringToBytes("XYZ"), 7);
      expect(disk.readFile("log")).toBe("A1\nD4\nEXYZ");
      files.fault = () => ({ error: new OsError("EDQUOT", "close"), forgets: true });
      const close = () => files[operation](file);
      if (operation === "close") {
        close();
      } else {
        expect(close).toThrow("close: Disk quota exceeded");
      }
      expect(disk.readFile("log")).toBe("A1\nB2\n\0\0");
    });
  }

  const torn: [fault: Fault, content: string, taken: number | null][] = [
    [{}, "A1\nB2\n", 3],
    [{ takeBytes: 1 }, "A1\nB", 1],
    [{ takeBytes: 0 }, "A1\n", 0],
    [{ takeBytes: 2, crash: "after" }, "A1\nB2", null],
    [{ crash: "before" }, "A1\n", null],
    [{ crash: "after" }, "A1\nB2\n", null],
  ];
  for (const [fault, content, taken] of torn) {
    test(`an append that meets ${JSON.stringify(fault)} leaves ${JSON.stringify(content)}`, () => {
      const { disk, files } = setUp();
      disk.writeFile("log", "A1\n");
      const file = files.open("log", appending);
      files.fault = () => fault;
      const append = () => files.append(file, stringToBytes("B2\n"));
      if (taken === null) {
        expect(append).toThrow(ProcessKilled);
      } else {
        expect(append()).toBe(taken);
      }
      expect(disk.readFile("log")).toBe(content);
    });
  }

  test("a read can come short", () => {
    const { disk, files } = setUp();
    disk.writeFile("log", "ABCDEF");
    const file = files.open("log", { access: "read" });
    files.fault = () => ({ takeBytes: 2 });
    expect(files.read(file, new Uint8Array(6), 1)).toBe(2);
  });
});

describe("a killed process", () => {
  test("loses its locks, keeps what it wrote, and does nothing more", () => {
    const { disk, files, others } = setUp();
    const file = files.open("log", appending);
    files.tryLock(file);
    files.append(file, stringToBytes("A1\n"));
    const theirs = others.open("log", appending);
    expect(others.tryLock(theirs)).toBe(false);
    files.kill();
    expect(others.tryLock(theirs)).toBe(true);
    expect(disk.readFile("log")).toBe("A1\n");
    expect(() => files.append(file, stringToBytes("B2\n"))).toThrow(ProcessKilled);
    expect(() => files.remove("log")).toThrow(ProcessKilled);
    expect(() => files.close(file)).toThrow(ProcessKilled);
    expect([files.openCount, disk.filesBelow()]).toEqual([0, { log: "A1\n" }]);
  });
});

test("directories are made under the umask of Postfix's processes", () => {
  const { files } = setUp();
  files.makeDirectory("dir", 0o755);
  expect(files.statusOf("dir").mode).toBe(0o700);
});

describe("time stamps", () => {
  test("move in the kernel's ticks of 4 ms", () => {
    const { clock, files } = setUp();
    const file = files.open("log", appending);
    const before = files.status(file);
    clock.advance(3);
    files.append(file, stringToBytes("A1\n"));
    expect(files.status(file).mtimeNs).toBe(before.mtimeNs);
    clock.advance(1);
    files.append(file, stringToBytes("A1\n"));
    expect(files.status(file).mtimeNs).toBe(before.mtimeNs + 4_000_000n);
  });

  test("reading moves atime as relatime has it: after a change, and once a day", () => {
    const { clock, disk, files } = setUp();
    disk.writeFile("log", "A1\n");
    const file = files.open("log", { access: "read" });
    const atimeAfter = (waitMs: number): number => {
      clock.advance(waitMs);
      files.read(file, new Uint8Array(1), 0);
      return Number(files.status(file).atimeNs / 1_000_000n) - clock.wallMs();
    };
    expect(atimeAfter(1000)).toBe(0);
    expect(atimeAfter(1000)).toBe(-1000);
    disk.writeFile("log", "B2\n");
    expect(atimeAfter(1000)).toBe(0);
    expect(atimeAfter(86_400_000)).toBe(0);
  });
});

describe("MemoryDisk", () => {
  test("sets scenes: files with owner, mode and times; rewriting keeps the inode", () => {
    const disk = new MemoryDisk(new MemoryClock(), { uid: 100, gid: 101 });
    const files = new MemoryFiles(disk, { uid: 100, gid: 101 });
    disk.makeDirectories("deferred/A");
    disk.makeDirectories("deferred/A/B");
    disk.writeFile("deferred/A/A1", "content", { mode: 0o700, uid: 5, atimeMs: 1, mtimeMs: 2 });
    const status = files.statusOf("deferred/A/A1");
    expect(status).toMatchObject({ mode: 0o700, uid: 5, gid: 101, sizeBytes: 7 });
    expect([status.atimeNs, status.mtimeNs]).toEqual([1_000_000n, 2_000_000n]);
    disk.writeFile("deferred/A/A1", "new");
    expect(files.statusOf("deferred/A/A1").inode).toBe(status.inode);
    expect(disk.filesBelow("deferred")).toEqual({ "deferred/A/A1": "new" });
    expect([disk.has("deferred/A/B"), disk.has("deferred/C")]).toEqual([true, false]);
  });
});

test("whoever uses a descriptor while its file is being cut in the background has a bug", async () => {
  const { disk, files } = setUp();
  const ends: (() => void)[] = [];
  files.whenCut = (end) => ends.push(end);
  const file = files.open("a", appending);
  files.append(file, stringToBytes("A1\nB2\n"));
  const cut = files.cut(file, 3);
  const inUse = `descriptor ${file} is in use in the background`;
  expect(() => files.append(file, stringToBytes("C3\n"))).toThrow(`append: ${inUse}`);
  expect(() => files.status(file)).toThrow(`status: ${inUse}`);
  for (const end of ends) {
    end();
  }
  await cut;
  files.close(file);
  expect(disk.readFile("a")).toBe("A1\n");
});
