/** Directories read in slices. */
import { expect } from "bun:test";
import type { DirectoryReader } from "../../src/effects/files.ts";
import { type Case, codeOf } from "./stage.ts";

/** More than one of the real reader's buffers holds. */
const MANY = 1200;

function readAll(reader: DirectoryReader, countMax: number): string[] {
  const names: string[] = [];
  for (let slice = reader.next(countMax); slice.length > 0; slice = reader.next(countMax)) {
    expect(slice.length).toBeLessThanOrEqual(countMax);
    names.push(...slice);
  }
  return names;
}

export const directoryCases: readonly Case[] = [
  {
    name: "an empty directory has no names, however often one asks",
    play: ({ files, path, makeDirectory }) => {
      makeDirectory("dir");
      const reader = files.openDirectory(path("dir"));
      expect([reader.next(10), reader.next(10)]).toEqual([[], []]);
    },
  },
  {
    name: "all names come once, of all kinds, in slices",
    play: ({ files, path, makeDirectory, writeFile, addLink, addFifo }) => {
      makeDirectory("dir/sub");
      writeFile("dir/file", "");
      addLink("dir/link", "nothing");
      addFifo("dir/fifo");
      const reader = files.openDirectory(path("dir"));
      const slices = [reader.next(3), reader.next(3), reader.next(3)];
      expect(slices.map((slice) => slice.length)).toEqual([3, 1, 0]);
      expect(slices.flat().sort()).toEqual(["fifo", "file", "link", "sub"]);
    },
  },
  {
    name: "a large directory comes complete while others remove what they have seen",
    play: ({ files, others, path, makeDirectory, writeFile }) => {
      makeDirectory("dir");
      const names = Array.from({ length: MANY }, (_, index) => `4jYCDY3XvNzLDg6L${index}`);
      for (const name of names) {
        writeFile(`dir/${name}`, "");
      }
      const seen: string[] = [];
      const reader = files.openDirectory(path("dir"));
      for (let slice = reader.next(100); slice.length > 0; slice = reader.next(100)) {
        seen.push(...slice);
        for (const name of slice) {
          others.remove(path(`dir/${name}`));
        }
      }
      expect(seen.sort()).toEqual(names.sort());
      expect(readAll(others.openDirectory(path("dir")), 7)).toEqual([]);
    },
  },
  {
    name: "two readers do not disturb each other",
    play: ({ files, path, makeDirectory, writeFile }) => {
      makeDirectory("dir");
      for (const name of ["a", "b", "c", "d", "e"]) {
        writeFile(`dir/${name}`, "");
      }
      const first = files.openDirectory(path("dir"));
      const start = first.next(2);
      const second = readAll(files.openDirectory(path("dir/")), 2);
      expect(second.sort()).toEqual(["a", "b", "c", "d", "e"]);
      expect([...start, ...readAll(first, 2)].sort()).toEqual(["a", "b", "c", "d", "e"]);
    },
  },
  {
    name: "only a directory can be read, and only while it is open",
    play: ({ files, path, makeDirectory, writeFile, addLink, addFifo }) => {
      makeDirectory("dir");
      writeFile("dir/file", "");
      addLink("link", "dir");
      addFifo("fifo");
      expect(codeOf(() => files.openDirectory(path("gone")))).toBe("ENOENT");
      expect(codeOf(() => files.openDirectory(path("dir/file")))).toBe("ENOTDIR");
      expect(codeOf(() => files.openDirectory(path("fifo")))).toBe("ENOTDIR");
      expect(codeOf(() => files.openDirectory(path("link")))).toBe("ENOTDIR");
      const reader = files.openDirectory(path("dir"));
      reader.close();
      const next = files.openDirectory(path("dir"));
      reader.close();
      expect(next.next(1)).toEqual(["file"]);
      expect(codeOf(() => reader.next(1))).toBe("EBADF");
    },
  },
];
