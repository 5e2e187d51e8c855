/** Names: made, moved and taken away. */
import { expect } from "bun:test";
import type { PathParts } from "../../src/effects/files.ts";
import { type Case, codeOf } from "./stage.ts";

const read = { access: "read" } as const;

export const nameCases: readonly Case[] = [
  {
    name: "isThere sees files, directories and links, where they lead or not",
    play: ({ files, path, makeDirectory, writeFile, addLink }) => {
      makeDirectory("dir");
      writeFile("log", "");
      addLink("link", "nowhere");
      const found = ["log", "dir", "link", "gone", "gone/log"].map((name) =>
        files.isThere(path(name)),
      );
      expect(found).toEqual([true, true, true, false, false]);
      expect(codeOf(() => files.isThere(path("log/below")))).toBe("ENOTDIR");
    },
  },
  {
    name: "rename moves a file, also between directories",
    play: ({ files, path, makeDirectory, writeFile, readFile }) => {
      makeDirectory("a");
      makeDirectory("b");
      writeFile("a/log", "A1\n");
      const { inode } = files.statusOf(path("a/log"));
      files.rename(path("a/log"), path("b/moved"));
      expect(codeOf(() => files.statusOf(path("a/log")))).toBe("ENOENT");
      expect(files.statusOf(path("b/moved")).inode).toBe(inode);
      expect(readFile("b/moved")).toBe("A1\n");
    },
  },
  {
    name: "a path in two parts is the one that they make",
    play: ({ files, path, makeDirectory, writeFile }) => {
      makeDirectory("a");
      makeDirectory("b");
      writeFile("a/log", "A1\n");
      const parts = (directory: string, name: string): PathParts => ({
        directory: path(directory),
        name,
        toString: () => path(directory + name),
      });
      files.close(files.open(parts("a/", "log"), read));
      files.rename(parts("a/", "log"), parts("b/", "moved"));
      expect(files.isThere(parts("a/", "log"))).toBeFalse();
      expect(files.setTimes(parts("a/", "moved"), 1)).toBeFalse();
      expect(files.setTimes(parts("b/", "moved"), 1)).toBeTrue();
      expect(files.statusOf(parts("b/", "moved"))).toEqual(files.statusOf(path("b/moved")));
      expect(codeOf(() => files.remove(parts("b/", "n".repeat(256))))).toBe("ENAMETOOLONG");
      files.remove(parts("b/", "moved"));
      expect(files.isThere(path("b/moved"))).toBeFalse();
    },
  },
  {
    name: "rename replaces a file, which lives on while it is open",
    play: ({ files, path, writeFile, readFile }) => {
      writeFile("old", "OLD");
      writeFile("new", "NEW");
      const file = files.open(path("old"), read);
      files.rename(path("new"), path("old"));
      expect(readFile("old")).toBe("NEW");
      expect(codeOf(() => files.statusOf(path("new")))).toBe("ENOENT");
      const into = new Uint8Array(3);
      files.read(file, into, 0);
      expect(new TextDecoder().decode(into)).toBe("OLD");
      expect(files.status(file).linkCount).toBe(0);
    },
  },
  {
    name: "rename needs a source, and directories on the way",
    play: ({ files, path, writeFile }) => {
      writeFile("log", "");
      expect(codeOf(() => files.rename(path("gone"), path("log")))).toBe("ENOENT");
      expect(codeOf(() => files.rename(path("gone/log"), path("log")))).toBe("ENOENT");
      expect(codeOf(() => files.rename(path("log"), path("gone/log")))).toBe("ENOENT");
      expect(codeOf(() => files.rename(path("log"), path("log/log")))).toBe("ENOTDIR");
      expect(codeOf(() => files.rename(path("log"), path("moved/")))).toBe("ENOTDIR");
      expect(codeOf(() => files.rename(path("log"), path("n".repeat(256))))).toBe("ENAMETOOLONG");
      expect(files.statusOf(path("log")).kind).toBe("file");
    },
  },
  {
    name: "rename and directories",
    play: ({ files, path, makeDirectory, writeFile }) => {
      makeDirectory("full");
      makeDirectory("empty");
      makeDirectory("dir");
      writeFile("full/log", "");
      writeFile("file", "");
      expect(codeOf(() => files.rename(path("file"), path("empty")))).toBe("EISDIR");
      expect(codeOf(() => files.rename(path("dir"), path("file")))).toBe("ENOTDIR");
      expect(codeOf(() => files.rename(path("dir"), path("full")))).toBe("ENOTEMPTY");
      expect(codeOf(() => files.rename(path("full"), path("full/in")))).toBe("EINVAL");
      files.rename(path("full"), path("empty"));
      expect(files.statusOf(path("empty/log")).kind).toBe("file");
      expect(files.statusOf(path("empty")).linkCount).toBe(2);
      expect(files.statusOf(path(".")).linkCount).toBe(4);
    },
  },
  {
    name: "rename of a file onto itself does nothing, by whatever name",
    play: ({ files, path, writeFile, addHardLink }) => {
      writeFile("log", "");
      addHardLink("second", "log");
      files.rename(path("log"), path("log"));
      files.rename(path("log"), path("second"));
      expect(files.statusOf(path("log")).linkCount).toBe(2);
      expect(files.statusOf(path("second")).linkCount).toBe(2);
    },
  },
  {
    name: "rename and remove of a link are the link's own",
    play: ({ files, path, writeFile, addLink }) => {
      writeFile("log", "");
      addLink("link", "log");
      files.rename(path("link"), path("moved"));
      expect(files.statusOf(path("moved")).kind).toBe("link");
      files.remove(path("moved"));
      expect(codeOf(() => files.statusOf(path("moved")))).toBe("ENOENT");
      expect(files.statusOf(path("log")).kind).toBe("file");
    },
  },
  {
    name: "remove takes files, not directories",
    play: ({ files, path, makeDirectory, writeFile }) => {
      makeDirectory("dir");
      writeFile("log", "");
      expect(codeOf(() => files.remove(path("gone")))).toBe("ENOENT");
      expect(codeOf(() => files.remove(path("dir")))).toBe("EISDIR");
      expect(codeOf(() => files.remove(path("log/x")))).toBe("ENOTDIR");
      files.remove(path("log"));
      expect(codeOf(() => files.remove(path("log")))).toBe("ENOENT");
    },
  },
  {
    name: "makeDirectory makes one directory where there is nothing",
    play: ({ files, path, writeFile, addLink }) => {
      writeFile("file", "");
      addLink("link", "nothing");
      files.makeDirectory(path("dir"), 0o700);
      files.makeDirectory(path("dir/sub/"), 0o700);
      const { kind, mode } = files.statusOf(path("dir/sub"));
      expect({ kind, mode }).toEqual({ kind: "directory", mode: 0o700 });
      expect(codeOf(() => files.makeDirectory(path("dir"), 0o700))).toBe("EEXIST");
      expect(codeOf(() => files.makeDirectory(path("file"), 0o700))).toBe("EEXIST");
      expect(codeOf(() => files.makeDirectory(path("link"), 0o700))).toBe("EEXIST");
      expect(codeOf(() => files.makeDirectory(path("a/b"), 0o700))).toBe("ENOENT");
      expect(codeOf(() => files.makeDirectory(path("file/b"), 0o700))).toBe("ENOTDIR");
    },
  },
  {
    name: "changeGroup changes the group, keeps the owner, moves ctime",
    play: async ({ files, path, makeDirectory, wait }) => {
      makeDirectory("dir");
      const before = files.statusOf(path("dir"));
      await wait();
      files.changeGroup(path("dir"), before.gid);
      const after = files.statusOf(path("dir"));
      expect([after.uid, after.gid]).toEqual([before.uid, before.gid]);
      expect(after.ctimeNs).toBeGreaterThan(before.ctimeNs);
      expect(codeOf(() => files.changeGroup(path("gone"), before.gid))).toBe("ENOENT");
    },
  },
];
