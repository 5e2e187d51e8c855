/** A log file that grows, is rotated, cut and comes into being, in memory. */
import { describe, expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { LogFile } from "./log_file.ts";

const PATH = "log/mail.log";

function stage() {
  const disk = new MemoryDisk(new MemoryClock());
  disk.makeDirectories("log");
  let text = "";
  return {
    disk,
    files: new MemoryFiles(disk),
    write: (more: string): void => {
      text += more;
      disk.writeFile(PATH, text);
    },
    rotate: (): void => {
      new MemoryFiles(disk).rename(PATH, `${PATH}.1`);
      text = "";
    },
    cut: (): void => {
      text = "";
      disk.writeFile(PATH, "");
    },
  };
}

async function linesOf(log: LogFile): Promise<string[]> {
  const lines: string[] = [];
  await log.read((line) => lines.push(line));
  return lines;
}

describe("a log file", () => {
  test("is read from its end on, line by line", async () => {
    const { files, write } = stage();
    write("old\nhalf");
    const log = new LogFile(files, PATH, false);
    expect(await linesOf(log)).toEqual([]);
    write(" of it\none\ntw");
    expect(await linesOf(log)).toEqual([" of it", "one"]);
    write("o\n");
    expect(await linesOf(log)).toEqual(["two"]);
    write("x".repeat(17_000));
    expect(await linesOf(log)).toEqual([]);
    write("\nthree\n");
    expect(await linesOf(log)).toEqual(["three"]);
    log.close();
  });

  test("is followed when it is renamed: first what was still written to the old one", async () => {
    const { disk, files, write, rotate } = stage();
    write("old\n");
    const log = new LogFile(files, PATH, false);
    write("one\n");
    rotate();
    disk.writeFile(`${PATH}.1`, "old\none\ntwo\n");
    expect(await linesOf(log)).toEqual(["one", "two"]);
    write("three\n");
    expect(await linesOf(log)).toEqual(["three"]);
  });

  test("loses nothing that is written between the last look and the renaming", async () => {
    const { disk, files, write, rotate } = stage();
    write("old\n");
    let isRotated = false;
    const log = new LogFile(
      {
        open: (path, how) => files.open(path, how),
        close: (file) => files.close(file),
        status: (file) => files.status(file),
        read: (file, into, position) => files.read(file, into, position),
        statusOf: (path) => {
          if (!isRotated) {
            isRotated = true;
            write("late\n");
            rotate();
            disk.writeFile(PATH, "new, and longer than the old one was\n");
          }
          return files.statusOf(path);
        },
      },
      PATH,
      false,
    );
    expect(await linesOf(log)).toEqual(["late", "new, and longer than the old one was"]);
  });

  test("is read from its start when it has been cut", async () => {
    const { files, write, cut } = stage();
    write("a long old line\n");
    const log = new LogFile(files, PATH, false);
    cut();
    write("one\n");
    expect(await linesOf(log)).toEqual(["one"]);
  });

  test("may be missing at first", async () => {
    const { files, write } = stage();
    const log = new LogFile(files, PATH, true);
    expect(await linesOf(log)).toEqual([]);
    write("one\n");
    expect(await linesOf(log)).toEqual(["one"]);
  });

  test("that can't be read is an error at once", () => {
    const { files, write } = stage();
    write("one\n");
    const open = (): never => {
      throw new OsError("EACCES", "open");
    };
    const closed = { open, close: () => {}, status: files.status, statusOf: files.statusOf };
    expect(() => new LogFile({ ...closed, read: files.read }, PATH, false)).toThrow("open: ");
  });

  test("drops a line that is too long, and goes on behind it", async () => {
    const { files, write } = stage();
    write("");
    const log = new LogFile(files, PATH, false);
    write("x".repeat(17_000));
    expect(await linesOf(log)).toEqual([]);
    write(`${"x".repeat(300_000)}\none\n`);
    expect(await linesOf(log)).toEqual(["one"]);
    write(`${"x".repeat(17_000)}\ntwo\n`);
    expect(await linesOf(log)).toEqual(["two"]);
    write("x".repeat(17_000));
    expect(await linesOf(log)).toEqual([]);
    write("\nthree\n");
    expect(await linesOf(log)).toEqual(["three"]);
  });

  test("trouble with it ends nothing", async () => {
    const { files, write } = stage();
    write("");
    const log = new LogFile(
      {
        open: (path, how) => files.open(path, how),
        close: (file) => files.close(file),
        status: (file) => files.status(file),
        statusOf: () => {
          throw new OsError("EIO", "lstat");
        },
        read: (file, into, position) => files.read(file, into, position),
      },
      PATH,
      false,
    );
    write("one\n");
    expect(await linesOf(log)).toEqual(["one"]);
    write("two\n");
    expect(await linesOf(log)).toEqual(["two"]);
    write("x".repeat(17_000));
    expect(await linesOf(log)).toEqual([]);
    write("\nthree\n");
    expect(await linesOf(log)).toEqual(["three"]);
  });
});
