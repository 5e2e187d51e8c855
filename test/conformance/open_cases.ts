/** What can be opened, what cannot, and with which error. */
import { expect } from "bun:test";
import { type Case, codeOf, type Stage } from "./stage.ts";

const both = { access: "both" } as const;
const create = { access: "both", create: true } as const;
const read = { access: "read" } as const;
const write = { access: "write" } as const;

export const openCases: readonly Case[] = [
  {
    name: "a missing file is made on demand only, empty, with mode 0600",
    play: ({ files, path }) => {
      expect(codeOf(() => files.open(path("log"), both))).toBe("ENOENT");
      const file = files.open(path("log"), create);
      const { kind, mode, sizeBytes, linkCount } = files.status(file);
      expect({ kind, mode, sizeBytes, linkCount }).toEqual({
        kind: "file",
        mode: 0o600,
        sizeBytes: 0,
        linkCount: 1,
      });
    },
  },
  {
    name: "create leaves an existing file as it is",
    play: ({ files, path, writeFile, readFile }) => {
      writeFile("log", "A1\n");
      const before = files.statusOf(path("log"));
      files.close(files.open(path("log"), create));
      expect(files.statusOf(path("log"))).toEqual(before);
      expect(readFile("log")).toBe("A1\n");
    },
  },
  {
    name: "directories on the way must be there, and be directories",
    play: ({ files, path, writeFile }) => {
      writeFile("file", "");
      expect(codeOf(() => files.open(path("gone/log"), create))).toBe("ENOENT");
      expect(codeOf(() => files.open(path("file/log"), create))).toBe("ENOTDIR");
      expect(codeOf(() => files.open(path("file/"), read))).toBe("ENOTDIR");
      expect(codeOf(() => files.open(path("new/"), create))).toBe("EISDIR");
      expect(codeOf(() => files.statusOf(path("file/log")))).toBe("ENOTDIR");
    },
  },
  {
    name: "a directory can be opened for reading, not read, not written",
    play: ({ files, path, makeDirectory }) => {
      makeDirectory("dir");
      expect(codeOf(() => files.open(path("dir"), write))).toBe("EISDIR");
      expect(codeOf(() => files.open(path("dir"), both))).toBe("EISDIR");
      expect(codeOf(() => files.open(path("dir"), { access: "read", create: true }))).toBe(
        "EISDIR",
      );
      const directory = files.open(path("dir"), read);
      expect(files.status(directory).kind).toBe("directory");
      expect(codeOf(() => files.read(directory, new Uint8Array(9), 0))).toBe("EISDIR");
    },
  },
  { name: "links are followed on the way, not in the last place", play: playLinks },
  {
    name: "names have up to 255 bytes, paths up to 4095",
    play: ({ files, path }) => {
      files.close(files.open(path("n".repeat(255)), create));
      expect(files.statusOf(path("n".repeat(255))).kind).toBe("file");
      expect(codeOf(() => files.open(path("n".repeat(256)), create))).toBe("ENAMETOOLONG");
      expect(codeOf(() => files.open("./".repeat(2048), read))).toBe("ENAMETOOLONG");
    },
  },
  {
    name: "what is no path is refused, and means no other file",
    play: ({ files, path, writeFile }) => {
      writeFile("log", "");
      expect(codeOf(() => files.statusOf(""))).toBe("ENOENT");
      expect(codeOf(() => files.statusOf(path("log\0x")))).toBe("EINVAL");
      // As a byte, U+016C would be a small L.
      expect(codeOf(() => files.statusOf(path("\u016cog")))).toBe("EINVAL");
    },
  },
  {
    name: "dots and doubled slashes are as in any path",
    play: ({ files, path, makeDirectory, writeFile }) => {
      makeDirectory("a/b");
      writeFile("a/log", "");
      const { inode } = files.statusOf(path("a/log"));
      expect(files.statusOf(path("a/./log")).inode).toBe(inode);
      expect(files.statusOf(path("a//b/../log")).inode).toBe(inode);
      expect(files.statusOf(path("a/b/..")).inode).toBe(files.statusOf(path("a")).inode);
    },
  },
  {
    name: "a FIFO and a socket keep nobody waiting",
    play: ({ files, path, addFifo, addSocket }) => {
      addFifo("fifo");
      addSocket("socket");
      expect(codeOf(() => files.open(path("fifo"), write))).toBe("ENXIO");
      expect(codeOf(() => files.open(path("socket"), both))).toBe("ENXIO");
      expect(files.statusOf(path("socket")).kind).toBe("socket");
      const fifo = files.open(path("fifo"), read);
      expect(files.status(fifo).kind).toBe("fifo");
      expect(codeOf(() => files.read(fifo, new Uint8Array(1), 0))).toBe("ESPIPE");
    },
  },
  {
    name: "names are bytes, whatever their encoding",
    play: ({ files, path }) => {
      const names = ["caf\xe9", "caf\xc3\xa9", "\xff\x01 \n"];
      for (const name of names) {
        files.close(files.open(path(name), create));
      }
      const reader = files.openDirectory(path("."));
      expect([...reader.next(9)].sort()).toEqual([...names].sort());
      reader.close();
      files.remove(path("caf\xe9"));
      expect(codeOf(() => files.statusOf(path("caf\xe9")))).toBe("ENOENT");
      expect(files.statusOf(path("caf\xc3\xa9")).kind).toBe("file");
    },
  },
  { name: "a closed descriptor is good for nothing", play: playClosed },
];

function playLinks({ files, path, makeDirectory, writeFile, addLink }: Stage): void {
  makeDirectory("dir");
  writeFile("dir/log", "A1\n");
  addLink("to_log", "dir/log");
  addLink("to_dir", "dir");
  addLink("to_nothing", "nothing");
  addLink("loop", "loop");
  addLink("dir/absolute", path("/dir"));
  expect(codeOf(() => files.open(path("to_log"), both))).toBe("ELOOP");
  expect(codeOf(() => files.open(path("to_nothing"), create))).toBe("ELOOP");
  expect(codeOf(() => files.statusOf(path("nothing")))).toBe("ENOENT");
  expect(codeOf(() => files.open(path("loop/log"), both))).toBe("ELOOP");
  const file = files.open(path("to_dir/log"), both);
  expect(files.status(file).inode).toBe(files.statusOf(path("dir/log")).inode);
  expect(files.statusOf(path("dir/absolute/log")).inode).toBe(files.status(file).inode);
  expect(files.statusOf(path("to_log")).kind).toBe("link");
  expect(files.statusOf(path("to_log"), { followLink: true }).sizeBytes).toBe(3);
  expect(codeOf(() => files.statusOf(path("to_nothing"), { followLink: true }))).toBe("ENOENT");
  expect(codeOf(() => files.statusOf(path("loop"), { followLink: true }))).toBe("ELOOP");
}

function playClosed({ files, path }: Stage): void {
  const file = files.open(path("log"), create);
  files.close(file);
  const bytes = new Uint8Array(1);
  const calls = [
    () => files.close(file),
    () => files.closeWritten(file),
    () => files.confirmWritten(file),
    () => files.tryLock(file),
    () => files.unlock(file),
    () => files.read(file, bytes, 0),
    () => files.write(file, bytes, 0),
    () => files.append(file, bytes),
    () => files.truncate(file, 0),
    () => files.changeMode(file, 0o600),
    () => files.status(file),
  ];
  expect(calls.map(codeOf)).toEqual(calls.map(() => "EBADF"));
}
