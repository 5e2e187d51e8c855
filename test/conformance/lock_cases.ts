/** Whom a lock keeps out, and when it is gone. */
import { expect } from "bun:test";
import { stringToBytes } from "../../src/names/byte_string.ts";
import type { Case } from "./stage.ts";

const create = { access: "both", create: true } as const;

export const lockCases: readonly Case[] = [
  {
    name: "a lock keeps others out until it is released",
    play: ({ files, others, path }) => {
      const ours = files.open(path("log"), create);
      const theirs = others.open(path("log"), create);
      expect(files.tryLock(ours)).toBe(true);
      expect(others.tryLock(theirs)).toBe(false);
      files.unlock(ours);
      expect(others.tryLock(theirs)).toBe(true);
      expect(files.tryLock(ours)).toBe(false);
    },
  },
  {
    name: "two opens of one process exclude each other; one open can lock twice",
    play: ({ files, path }) => {
      const first = files.open(path("log"), create);
      const second = files.open(path("log"), create);
      expect([files.tryLock(first), files.tryLock(first)]).toEqual([true, true]);
      expect(files.tryLock(second)).toBe(false);
      files.unlock(first);
      expect(files.tryLock(second)).toBe(true);
    },
  },
  {
    name: "closing releases, also another descriptor's close does not",
    play: ({ files, others, path }) => {
      const ours = files.open(path("log"), create);
      const bystander = files.open(path("log"), create);
      const theirs = others.open(path("log"), create);
      files.tryLock(ours);
      files.unlock(bystander);
      files.close(bystander);
      expect(others.tryLock(theirs)).toBe(false);
      files.close(ours);
      expect(others.tryLock(theirs)).toBe(true);
    },
  },
  {
    name: "confirming what was written gives no lock back, closing it does",
    play: ({ files, others, path, readFile }) => {
      const ours = files.open(path("log"), create);
      const theirs = others.open(path("log"), create);
      files.tryLock(ours);
      files.write(ours, stringToBytes("A1\n"), 0);
      files.confirmWritten(ours);
      expect(others.tryLock(theirs)).toBe(false);
      files.write(ours, stringToBytes("B2\n"), 3);
      files.closeWritten(ours);
      expect(others.tryLock(theirs)).toBe(true);
      expect(readFile("log")).toBe("A1\nB2\n");
    },
  },
  {
    name: "a read-only open can lock, and locks of two files are two",
    play: ({ files, others, path, writeFile }) => {
      writeFile("a", "");
      writeFile("b", "");
      const a = files.open(path("a"), { access: "read" });
      const b = others.open(path("b"), { access: "read" });
      expect(files.tryLock(a)).toBe(true);
      expect(others.tryLock(b)).toBe(true);
    },
  },
  {
    name: "a lock is on the file, not on its name",
    play: ({ files, others, path, addHardLink }) => {
      const ours = files.open(path("log"), create);
      files.tryLock(ours);
      addHardLink("second", "log");
      expect(others.tryLock(others.open(path("second"), create))).toBe(false);
      files.rename(path("log"), path("moved"));
      expect(others.tryLock(others.open(path("moved"), create))).toBe(false);
      expect(others.tryLock(others.open(path("log"), create))).toBe(true);
    },
  },
  {
    name: "a removed file keeps its lock, a new one of that name has none",
    play: ({ files, others, path }) => {
      const ours = files.open(path("log"), create);
      const theirs = others.open(path("log"), create);
      files.tryLock(ours);
      files.remove(path("log"));
      expect(others.tryLock(theirs)).toBe(false);
      expect(others.tryLock(others.open(path("log"), create))).toBe(true);
      files.close(ours);
      expect(others.tryLock(theirs)).toBe(true);
    },
  },
];
