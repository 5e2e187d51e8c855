/** Status, and what moves which time stamp. */
import { expect } from "bun:test";
import type { FileStatus } from "../../src/effects/files.ts";
import { stringToBytes } from "../../src/names/byte_string.ts";
import { type Case, codeOf } from "./stage.ts";

const both = { access: "both" } as const;
const SECONDS = 1_700_000_000;
const SECONDS_NS = 1_700_000_000_000_000_000n;

/** Which time stamps are later than before. */
function moved(before: FileStatus, after: FileStatus): string {
  const names = [
    after.atimeNs > before.atimeNs ? "atime" : "",
    after.mtimeNs > before.mtimeNs ? "mtime" : "",
    after.ctimeNs > before.ctimeNs ? "ctime" : "",
  ];
  return names.filter((name) => name !== "").join(" ");
}

export const timeCases: readonly Case[] = [
  {
    name: "the status of an open file is that of its path",
    play: ({ files, path, writeFile, addHardLink }) => {
      writeFile("log", "A1\n");
      addHardLink("second", "log");
      const status = files.status(files.open(path("log"), both));
      expect(status).toEqual(files.statusOf(path("second")));
      expect(status.linkCount).toBe(2);
      expect(status.sizeBytes).toBe(3);
      expect(status.device).toBe(files.statusOf(path(".")).device);
    },
  },
  {
    name: "a directory counts its subdirectories as links",
    play: ({ files, path, makeDirectory }) => {
      makeDirectory("dir/a");
      makeDirectory("dir/b");
      const { kind, linkCount } = files.statusOf(path("dir"));
      expect({ kind, linkCount }).toEqual({ kind: "directory", linkCount: 4 });
    },
  },
  {
    name: "a new file has one time in all three places",
    play: async ({ files, path, wait }) => {
      const before = files.statusOf(path("."));
      await wait();
      const status = files.status(files.open(path("log"), { access: "both", create: true }));
      expect(status.atimeNs).toBe(status.mtimeNs);
      expect(status.ctimeNs).toBe(status.mtimeNs);
      expect(moved(before, files.statusOf(path(".")))).toBe("mtime ctime");
    },
  },
  {
    name: "append, write and truncate move mtime and ctime; writing nothing moves nothing",
    play: async ({ files, path, wait }) => {
      const how = { access: "both", append: true, create: true } as const;
      const file = files.open(path("log"), how);
      const changes = [
        () => files.append(file, stringToBytes("A1\n")),
        () => files.write(file, stringToBytes("B2\n"), 0),
        () => files.truncate(file, 3),
        () => files.truncate(file, 3),
      ];
      for (const change of changes) {
        const before = files.status(file);
        await wait();
        change();
        expect(moved(before, files.status(file))).toBe("mtime ctime");
      }
      const before = files.status(file);
      await wait();
      files.append(file, new Uint8Array(0));
      expect(files.status(file)).toEqual(before);
    },
  },
  {
    name: "reading can leave atime alone, and moves nothing else",
    play: async ({ files, path, writeFile, wait }) => {
      writeFile("log", "A1\n");
      const before = files.statusOf(path("log"));
      await wait();
      const quiet = files.open(path("log"), { access: "read", keepAtime: true });
      expect(files.read(quiet, new Uint8Array(3), 0)).toBe(3);
      expect(files.statusOf(path("log"))).toEqual(before);
      const plain = files.open(path("log"), { access: "read" });
      files.read(plain, new Uint8Array(3), 0);
      // "" where the file system is mounted with noatime.
      expect(["atime", ""]).toContain(moved(before, files.status(plain)));
    },
  },
  {
    name: "setTimes sets atime and mtime, and moves ctime",
    play: async ({ files, path, writeFile, wait }) => {
      writeFile("log", "A1\n");
      const before = files.statusOf(path("log"));
      await wait();
      expect(files.setTimes(path("log"), SECONDS)).toBeTrue();
      const after = files.statusOf(path("log"));
      expect([after.atimeNs, after.mtimeNs]).toEqual([SECONDS_NS, SECONDS_NS]);
      expect(after.ctimeNs).toBeGreaterThan(before.ctimeNs);
      expect(files.setTimes(path("gone"), SECONDS)).toBeFalse();
      expect(codeOf(() => files.setTimes(path("log/below"), SECONDS))).toBe("ENOTDIR");
    },
  },
  {
    name: "setTimesOf sets atime and mtime of an open file to the nanosecond, and moves ctime",
    play: async ({ files, path, writeFile, wait }) => {
      writeFile("log", "A1\n");
      const file = files.open(path("log"), both);
      const before = files.status(file);
      await wait();
      const times = { atimeNs: SECONDS_NS + 123_456_789n, mtimeNs: SECONDS_NS + 1n };
      files.setTimesOf(file, times);
      const after = files.status(file);
      expect(after).toMatchObject(times);
      expect(after.ctimeNs).toBeGreaterThan(before.ctimeNs);
      files.close(file);
      expect(codeOf(() => files.setTimesOf(file, times))).toBe("EBADF");
    },
  },
  {
    name: "setTimes of a link is the link's own",
    play: ({ files, path, writeFile, addLink }) => {
      writeFile("log", "");
      addLink("link", "log");
      const before = files.statusOf(path("log"));
      files.setTimes(path("link"), SECONDS);
      expect(files.statusOf(path("link")).mtimeNs).toBe(SECONDS_NS);
      expect(files.statusOf(path("log"))).toEqual(before);
    },
  },
  {
    name: "changeMode sets the mode and moves ctime",
    play: async ({ files, path, writeFile, wait }) => {
      writeFile("log", "");
      const file = files.open(path("log"), both);
      const before = files.status(file);
      await wait();
      files.changeMode(file, 0o740);
      expect(files.status(file).mode).toBe(0o740);
      expect(moved(before, files.status(file))).toBe("ctime");
    },
  },
  {
    name: "rename moves the file's ctime and both directories' mtime",
    play: async ({ files, path, makeDirectory, writeFile, wait }) => {
      makeDirectory("a");
      makeDirectory("b");
      writeFile("a/log", "");
      const names = ["a/log", "a", "b"].map(path);
      const before = names.map((name) => files.statusOf(name));
      await wait();
      files.rename(path("a/log"), path("b/log"));
      const after = ["b/log", "a", "b"].map((name) => files.statusOf(path(name)));
      const moves = before.map((status, index) => moved(status, after[index] ?? status));
      expect(moves).toEqual(["ctime", "mtime ctime", "mtime ctime"]);
    },
  },
  {
    name: "losing a name moves ctime",
    play: async ({ files, path, writeFile, addHardLink, wait }) => {
      writeFile("log", "");
      addHardLink("second", "log");
      const before = files.statusOf(path("log"));
      await wait();
      files.remove(path("second"));
      expect(moved(before, files.statusOf(path("log")))).toBe("ctime");
      expect(files.statusOf(path("log")).linkCount).toBe(1);
    },
  },
];
