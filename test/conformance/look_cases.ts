/** Quick looks: what a stamp holds, and what changes it. */
import { expect } from "bun:test";
import type { FileStatus } from "../../src/effects/files.ts";
import {
  type KnownFiles,
  type OpenDirectory,
  STAMP,
  STAMP_WORDS,
} from "../../src/effects/quick_looks.ts";
import { type Case, codeOf, type Stage } from "./stage.ts";

const NS_PER_SECOND = 1_000_000_000n;

/** The stamp of a path; null: there is nothing. */
function stampOf({ looks, path }: Stage, name: string): number[] | null {
  const stamp = new Uint32Array(STAMP_WORDS);
  return looks.lookAt(path(name), stamp, 0) ? [...stamp] : null;
}

function number64(stamp: readonly number[], at: number): bigint {
  return (BigInt(stamp[at + 1] ?? 0) << 32n) | BigInt(stamp[at] ?? 0);
}

/** What a stamp says, in the words of a status. */
function inWords(stamp: readonly number[]): Partial<FileStatus> {
  return {
    inode: number64(stamp, STAMP.inode),
    mtimeNs:
      number64(stamp, STAMP.mtimeSeconds) * NS_PER_SECOND + BigInt(stamp[STAMP.mtimeNs] ?? 0),
    ctimeNs:
      number64(stamp, STAMP.ctimeSeconds) * NS_PER_SECOND + BigInt(stamp[STAMP.ctimeNs] ?? 0),
    sizeBytes: Number(number64(stamp, STAMP.sizeBytes)),
    mode: (stamp[STAMP.mode] ?? 0) & 0o7777,
  };
}

/** What is in a directory, in its order. */
function knownFiles(directory: OpenDirectory): KnownFiles & { readonly order: readonly string[] } {
  const order = directory.nextNames(100);
  const stamps = new Uint32Array(order.length * STAMP_WORDS);
  for (const [index, name] of order.entries()) {
    directory.lookAt(name, stamps, index * STAMP_WORDS);
  }
  const ends = order.map((_, index) => order.slice(0, index + 1).join("").length);
  return { order, names: Buffer.from(order.join("")), nameEnds: Uint32Array.from(ends), stamps };
}

/** All that tells what kind of file it is. */
function typeOf(stamp: readonly number[] | null): number {
  return (stamp?.[STAMP.mode] ?? 0) & 0o170000;
}

export const lookCases: readonly Case[] = [
  {
    name: "a stamp says what a status says, however one comes to it",
    play: (stage) => {
      const { files, looks, path, writeFile, makeDirectory } = stage;
      makeDirectory("dir");
      writeFile("dir/log", "A1\n");
      files.setTimes(path("dir/log"), 1_700_000_000);
      const stamp = stampOf(stage, "dir/log") ?? [];
      expect(files.statusOf(path("dir/log"))).toMatchObject(inWords(stamp));
      const directory = looks.openDirectory(path("dir"));
      const inDirectory = new Uint32Array(STAMP_WORDS + 2);
      expect(directory.lookAt("log", inDirectory, 1)).toBeTrue();
      expect([...inDirectory]).toEqual([0, ...stamp, 0]);
      const file = directory.open("log");
      const opened = new Uint32Array(STAMP_WORDS);
      directory.lookInto(file, opened, 0);
      expect([...opened]).toEqual(stamp);
      const own = new Uint32Array(STAMP_WORDS);
      directory.look(own, 0);
      expect(number64([...own], STAMP.inode)).toBe(files.statusOf(path("dir")).inode);
      files.close(file);
      directory.close();
    },
  },
  {
    name: "a stamp tells kinds of files apart, and does not follow links",
    play: (stage) => {
      stage.makeDirectory("dir");
      stage.writeFile("log", "");
      stage.addLink("link", "log");
      stage.addFifo("fifo");
      const types = ["dir", "log", "link", "fifo"].map((name) => typeOf(stampOf(stage, name)));
      expect(types).toEqual([0o040000, 0o100000, 0o120000, 0o010000]);
    },
  },
  {
    name: "a file that leaves its directory and comes back has another stamp, and so has the directory",
    play: async (stage) => {
      const { files, path, writeFile, makeDirectory, wait } = stage;
      makeDirectory("dir");
      writeFile("dir/log", "A1\n");
      const before = [stampOf(stage, "dir/log"), stampOf(stage, "dir")];
      await wait();
      expect([stampOf(stage, "dir/log"), stampOf(stage, "dir")]).toEqual(before);
      files.rename(path("dir/log"), path("elsewhere"));
      files.rename(path("elsewhere"), path("dir/log"));
      const [file, directory] = [stampOf(stage, "dir/log"), stampOf(stage, "dir")];
      expect(file).not.toEqual(before[0] ?? null);
      expect(directory).not.toEqual(before[1] ?? null);
      expect(file?.slice(STAMP.inode, STAMP.ctimeSeconds)).toEqual(
        before[0]?.slice(STAMP.inode, STAMP.ctimeSeconds) ?? [],
      );
    },
  },
  {
    name: "what is not there is no error, unless it is to be opened",
    play: ({ looks, path, makeDirectory, writeFile }) => {
      makeDirectory("dir");
      writeFile("log", "");
      const stamp = new Uint32Array(STAMP_WORDS);
      const directory = looks.openDirectory(path("dir"));
      expect(looks.lookAt(path("gone"), stamp, 0)).toBeFalse();
      expect(directory.lookAt("gone", stamp, 0)).toBeFalse();
      expect(codeOf(() => directory.open("gone"))).toBe("ENOENT");
      expect(codeOf(() => looks.openDirectory(path("gone")))).toBe("ENOENT");
      expect(codeOf(() => looks.openDirectory(path("log")))).toBe("ENOTDIR");
      expect(codeOf(() => looks.lookAt(path("log/x"), stamp, 0))).toBe("ENOTDIR");
      directory.close();
    },
  },
  {
    name: "looking and reading leave atime alone",
    play: async ({ files, looks, path, makeDirectory, writeFile, wait }) => {
      makeDirectory("dir");
      writeFile("dir/log", "A1\n");
      const before = files.statusOf(path("dir/log"));
      await wait();
      const directory = looks.openDirectory(path("dir"));
      expect(directory.lookAt("log", new Uint32Array(STAMP_WORDS), 0)).toBeTrue();
      const file = directory.open("log");
      expect(files.read(file, new Uint8Array(3), 0)).toBe(3);
      expect(files.status(file)).toEqual(before);
      files.close(file);
      directory.close();
    },
  },
  {
    name: "names come a few at a time, each once; a link is not opened",
    play: ({ looks, path, makeDirectory, writeFile, addLink }) => {
      makeDirectory("dir");
      const names = Array.from({ length: 25 }, (_, number) => `N${number}`);
      for (const name of names) {
        writeFile(`dir/${name}`, "");
      }
      addLink("dir/link", "N1");
      const directory = looks.openDirectory(path("dir"));
      const found: string[] = [];
      for (let some = directory.nextNames(10); some.length > 0; some = directory.nextNames(10)) {
        expect(some.length).toBeLessThanOrEqual(10);
        found.push(...some);
      }
      expect(found.toSorted()).toEqual([...names, "link"].toSorted());
      expect(codeOf(() => directory.open("link"))).toBe("ELOOP");
      directory.close();
    },
  },
  {
    name: "names that are as they were are passed over, up to the first that isn't, and that one is given",
    play: async ({ files, looks, path, makeDirectory, writeFile, wait }) => {
      makeDirectory("dir");
      for (let number = 0; number < 9; number++) {
        writeFile(`dir/N${number}`, "");
      }
      const listed = looks.openDirectory(path("dir"));
      const known = knownFiles(listed);
      listed.close();
      const [, , changed = "", , gone = "", , moved = ""] = known.order;
      await wait();
      files.rename(path(`dir/${moved}`), path("elsewhere"));
      files.rename(path("elsewhere"), path(`dir/${moved}`));
      files.setTimes(path(`dir/${changed}`), 1_700_000_000);
      files.remove(path(`dir/${gone}`));
      const directory = looks.openDirectory(path("dir"));
      // `.` and `..` come first or in between, where there are such.
      const passed: string[] = [];
      const given: string[] = [];
      for (;;) {
        const first = known.order.indexOf(given.at(-1) ?? "") + 1;
        const from = Math.max(first, known.order.indexOf(passed.at(-1) ?? "") + 1);
        const count = directory.passAlike(known, from, known.order.length);
        passed.push(...known.order.slice(from, from + count));
        const names = directory.nextNames(1);
        if (names.length === 0) {
          break;
        }
        given.push(...names);
      }
      directory.close();
      expect([...passed, ...given].toSorted()).toEqual(
        known.order.filter((name) => name !== gone).toSorted(),
      );
      expect(given).toContain(changed);
      expect(given).toContain(moved);
      expect(passed.length).toBeGreaterThanOrEqual(2);
    },
  },
  {
    name: "no more names are passed over than are asked for, and none of which another name is the beginning",
    play: ({ looks, path, makeDirectory, writeFile }) => {
      makeDirectory("dir");
      writeFile("dir/AB", "");
      const directory = looks.openDirectory(path("dir"));
      const known = knownFiles(directory);
      directory.close();
      const again = looks.openDirectory(path("dir"));
      expect(again.passAlike(known, 0, 0)).toBe(0);
      for (const [name, ends] of [
        ["A", [1]],
        ["ABC", [3]],
      ] as const) {
        const other = { ...known, names: Buffer.from(name), nameEnds: Uint32Array.from(ends) };
        expect(again.passAlike(other, 0, 1)).toBe(0);
      }
      expect(again.nextNames(9)).toEqual(["AB"]);
      again.close();
    },
  },
];
