/** What is written, where it goes, and what is read. */
import { expect } from "bun:test";
import { errorCode } from "../../src/effects/os_error.ts";
import { bytesToString, stringToBytes } from "../../src/names/byte_string.ts";
import { type Case, codeOf } from "./stage.ts";

const both = { access: "both" } as const;
const appending = { access: "write", append: true, create: true } as const;

export const contentCases: readonly Case[] = [
  {
    name: "reads what is at a position, as much as there is and fits",
    play: ({ files, path, writeFile }) => {
      writeFile("log", "ABCDEF");
      const file = files.open(path("log"), { access: "read" });
      const into = stringToBytes("........");
      expect(files.read(file, into.subarray(1, 4), 2)).toBe(3);
      expect(bytesToString(into)).toBe(".CDE....");
      expect(files.read(file, into, 4)).toBe(2);
      expect(bytesToString(into)).toBe("EFDE....");
      expect(files.read(file, into, 6)).toBe(0);
      expect(files.read(file, into, 100)).toBe(0);
      expect(files.read(file, new Uint8Array(0), 0)).toBe(0);
      expect(codeOf(() => files.read(file, into, -1))).toBe("EINVAL");
      expect(bytesToString(into)).toBe("EFDE....");
    },
  },
  {
    name: "writes at a position, over what is there and beyond the end",
    play: ({ files, path, writeFile, readFile }) => {
      writeFile("log", "ABCDEF");
      const file = files.open(path("log"), both);
      expect(files.write(file, stringToBytes("-xyz-").subarray(1, 4), 1)).toBe(3);
      expect(readFile("log")).toBe("AxyzEF");
      expect(files.write(file, stringToBytes("9"), 8)).toBe(1);
      expect(readFile("log")).toBe("AxyzEF\0\x009");
      expect(files.write(file, new Uint8Array(0), 0)).toBe(0);
      expect(codeOf(() => files.write(file, stringToBytes("9"), -1))).toBe("EINVAL");
    },
  },
  {
    name: "appends at the end, wherever others have moved it",
    play: ({ files, others, path, readFile }) => {
      const ours = files.open(path("log"), appending);
      const theirs = others.open(path("log"), appending);
      expect(files.append(ours, stringToBytes("A1\n"))).toBe(3);
      expect(others.append(theirs, stringToBytes("B22\n"))).toBe(4);
      expect(files.append(ours, stringToBytes("C3\n"))).toBe(3);
      expect(files.write(ours, stringToBytes("D4\n"), 0)).toBe(3);
      expect(readFile("log")).toBe("A1\nB22\nC3\nD4\n");
      others.truncate(theirs, 3);
      files.append(ours, stringToBytes("E5\n"));
      expect(readFile("log")).toBe("A1\nE5\n");
    },
  },
  {
    name: "truncates and fills up with zeros",
    play: ({ files, path, writeFile, readFile }) => {
      writeFile("log", "ABCDEF");
      const file = files.open(path("log"), both);
      files.truncate(file, 2);
      expect(readFile("log")).toBe("AB");
      files.truncate(file, 4);
      expect(readFile("log")).toBe("AB\0\0");
      files.truncate(file, 0);
      expect(files.status(file).sizeBytes).toBe(0);
      expect(codeOf(() => files.truncate(file, -1))).toBe("EINVAL");
    },
  },
  {
    name: "cuts in the background, several at a time, and says how each has ended",
    play: async ({ files, path, writeFile, readFile }) => {
      writeFile("log", "ABCDEF");
      writeFile("other", "ABCDEF");
      const log = files.open(path("log"), both);
      const other = files.open(path("other"), both);
      const reading = files.open(path("log"), { access: "read" });
      const closed = files.open(path("log"), both);
      files.close(closed);
      const code = (cut: Promise<void>): Promise<string> => cut.then(() => "", errorCode);
      expect(
        await Promise.all([
          code(files.cut(log, 2)),
          code(files.cut(other, 0)),
          code(files.cut(reading, 0)),
          code(files.cut(closed, 0)),
        ]),
      ).toEqual(["", "", "EINVAL", "EBADF"]);
      expect([readFile("log"), readFile("other")]).toEqual(["AB", ""]);
      files.write(log, stringToBytes("x"), 2);
      expect(readFile("log")).toBe("ABx");
    },
  },
  {
    name: "reads or writes only as it was opened",
    play: ({ files, path, writeFile }) => {
      writeFile("log", "A");
      const reading = files.open(path("log"), { access: "read" });
      const writing = files.open(path("log"), { access: "write" });
      const bytes = new Uint8Array(1);
      expect(codeOf(() => files.write(reading, bytes, 0))).toBe("EBADF");
      expect(() => files.write(reading, bytes, 0)).toThrow("write: Bad file descriptor");
      expect(codeOf(() => files.truncate(reading, 0))).toBe("EINVAL");
      expect(codeOf(() => files.read(writing, bytes, 0))).toBe("EBADF");
      expect(() => files.read(writing, bytes, 0)).toThrow("read: Bad file descriptor");
    },
  },
  {
    name: "a removed file lives on while it is open",
    play: ({ files, others, path }) => {
      const file = files.open(path("log"), { access: "both", append: true, create: true });
      others.remove(path("log"));
      expect(files.status(file).linkCount).toBe(0);
      files.append(file, stringToBytes("A1\n"));
      const into = new Uint8Array(9);
      expect(files.read(file, into, 0)).toBe(3);
      const next = others.open(path("log"), appending);
      expect(others.status(next).sizeBytes).toBe(0);
      expect(others.status(next).inode).not.toBe(files.status(file).inode);
    },
  },
  {
    name: "many bytes go the same way as few",
    play: ({ files, path }) => {
      const file = files.open(path("log"), { access: "both", append: true, create: true });
      const block = new Uint8Array(100_000).map((_, index) => index % 251);
      for (let count = 0; count < 10; count++) {
        expect(files.append(file, block)).toBe(100_000);
      }
      const into = new Uint8Array(100_001);
      expect(files.read(file, into, 850_000)).toBe(100_001);
      expect(Bun.hash(into.subarray(0, 50_000))).toBe(Bun.hash(block.subarray(50_000)));
      expect(into[50_000]).toBe(0);
      expect(into[100_000]).toBe(50_000 % 251);
    },
  },
];
