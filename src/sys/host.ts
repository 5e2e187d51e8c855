/**
 * The machine for real: effects/host.ts over node:fs.
 *
 * A write goes to a new file beside the old one, is synced, and takes its name; then the directory is synced. The new
 * file's name begins with a dot and is taken by O_EXCL, so that a link that somebody has put there is not written through.
 * It is locked until it has its name, so that of two processes that write the same file one fails with EBUSY, and neither
 * gives the name to what the other has half written. What a kill has left is locked by nobody, and is replaced.
 */
import * as fs from "node:fs";
import { dirname } from "node:path";
import { type Host, type HostOwner, type HostStatus, unfinishedPath } from "../effects/host.ts";
import { OsError } from "../effects/os_error.ts";
import { bytesToString, encodeUtf8, stringToBytes } from "../names/byte_string.ts";
import { libc } from "./libc.ts";
import { translated } from "./node_errors.ts";
import { LOCK_EX_NB, OPEN_FLAG } from "./open_flags.ts";

const BLOCK_BYTES = 1 << 20;
const PERMISSION_BITS = 0o7777;
/** Nobody else may look at it before it has its owner. */
const FRESH_MODE = 0o600;

/** No link is followed, and no FIFO waited for. */
const OPEN_TO_LOCK = OPEN_FLAG.noFollow | OPEN_FLAG.nonBlocking | OPEN_FLAG.closeOnExec;

const TEMPORARY_PREFIX = "/tmp/fastflush-";

const LONG_AGO_SECONDS = 1;

/** Whatever ends a process kindly: a terminal's keys, its end, and kill(1). */
const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

export function createHost(): Host {
  return {
    executable: encodeUtf8(process.execPath),
    userId: () => process.geteuid?.() ?? -1,
    statusOf: (path) => translated("lstat", () => statusOf(path)),
    read: (path) => translated("open", () => bytesToString(fs.readFileSync(bytes(path)))),
    write: (path, text, owner) =>
      translated("write", () =>
        replace(path, owner, (file) => fs.writeFileSync(file, stringToBytes(text))),
      ),
    copy: (from, to, owner) =>
      translated("copy", () => replace(to, owner, (file) => copyInto(from, file))),
    isSame: (one, other) => translated("compare", () => isSame(one, other)),
    link: (from, to) => translated("link", () => link(from, to)),
    rename: (from, to) => translated("rename", () => rename(from, to)),
    remove: (path) => translated("unlink", () => fs.unlinkSync(bytes(path))),
    makeDirectory: (path, mode) => translated("mkdir", () => makeDirectory(path, mode)),
    removeDirectory: (path) => translated("rmdir", () => fs.rmdirSync(bytes(path))),
    makeTemporaryDirectory: () =>
      translated("mkdtemp", () => encodeUtf8(fs.mkdtempSync(TEMPORARY_PREFIX))),
    list: (path) =>
      translated("opendir", () => fs.readdirSync(bytes(path), "buffer").map(bytesToString)),
    readLink: (path) =>
      translated("readlink", () => bytesToString(fs.readlinkSync(bytes(path), "buffer"))),
    makeOld: (path) =>
      translated("utime", () => fs.utimesSync(bytes(path), LONG_AGO_SECONDS, LONG_AGO_SECONDS)),
    sync: (path) => translated("fsync", () => sync(path)),
    withoutInterrupts,
  };
}

function bytes(path: string): Buffer {
  return Buffer.from(stringToBytes(path));
}

function statusOf(path: string): HostStatus | null {
  const status = fs.lstatSync(bytes(path), { throwIfNoEntry: false });
  if (status === undefined) {
    return null;
  }
  const kind = status.isFile()
    ? "file"
    : status.isDirectory()
      ? "directory"
      : status.isSymbolicLink()
        ? "link"
        : "other";
  return { kind, mode: status.mode & PERMISSION_BITS, uid: status.uid, gid: status.gid };
}

function replace(path: string, owner: HostOwner, fill: (file: number) => void): void {
  const fresh = bytes(unfinishedPath(path));
  removeAbandoned(fresh);
  const file = fs.openSync(fresh, "wx", FRESH_MODE);
  // Of its own, so that nobody is writing to a program by the time that it has its name, and can be run.
  let lock: number | null = null;
  try {
    lock = lockUnfinished(fresh, fs.fstatSync(file).ino);
    fill(file);
    fs.fchownSync(file, owner.uid, owner.gid);
    fs.fchmodSync(file, owner.mode);
    fs.fsyncSync(file);
  } catch (caught) {
    if (lock !== null) {
      fs.rmSync(fresh, { force: true });
      fs.closeSync(lock);
    }
    throw caught;
  } finally {
    fs.closeSync(file);
  }
  try {
    fs.renameSync(fresh, bytes(path));
  } catch (caught) {
    fs.rmSync(fresh, { force: true });
    throw caught;
  } finally {
    fs.closeSync(lock);
  }
  sync(dirname(path));
}

/** What a killed process has left; EBUSY: it is being written. */
function removeAbandoned(fresh: Buffer): void {
  const status = fs.lstatSync(fresh, { throwIfNoEntry: false });
  const lock = status?.isFile() ? lockUnfinished(fresh, status.ino) : null;
  if (status !== undefined) {
    fs.rmSync(fresh, { force: true });
  }
  if (lock !== null) {
    fs.closeSync(lock);
  }
}

/** Whoever has the lock may remove this file, or give it its name. EBUSY: another process has it, or had it until now. */
function lockUnfinished(fresh: Buffer, ino: number): number {
  const lock = fs.openSync(fresh, OPEN_TO_LOCK);
  const isOurs = libc.flock(lock, LOCK_EX_NB) === 0;
  if (!isOurs || fs.lstatSync(fresh, { throwIfNoEntry: false })?.ino !== ino) {
    fs.closeSync(lock);
    throw new OsError("EBUSY", "flock");
  }
  return lock;
}

function sync(path: string): void {
  const place = fs.openSync(bytes(path), "r");
  try {
    fs.fsyncSync(place);
  } finally {
    fs.closeSync(place);
  }
}

function copyInto(from: string, file: number): void {
  const source = fs.openSync(bytes(from), "r");
  try {
    const block = Buffer.alloc(BLOCK_BYTES);
    for (;;) {
      const count = fs.readSync(source, block);
      if (count === 0) {
        return;
      }
      fs.writeFileSync(file, block.subarray(0, count));
    }
  } finally {
    fs.closeSync(source);
  }
}

function isSame(one: string, other: string): boolean {
  const files = [one, other].map((path) => fs.openSync(bytes(path), "r"));
  try {
    const blocks = files.map(() => Buffer.alloc(BLOCK_BYTES));
    for (;;) {
      const [first, second] = files.map((file, index) => readBlock(file, blocks[index]));
      if (first === undefined || second === undefined || !first.equals(second)) {
        return false;
      }
      if (first.length === 0) {
        return true;
      }
    }
  } finally {
    files.map((file) => fs.closeSync(file));
  }
}

/** A whole block, but at the file's end. */
function readBlock(file: number, block: Buffer = Buffer.alloc(BLOCK_BYTES)): Buffer {
  let length = 0;
  for (;;) {
    const count = fs.readSync(file, block, length, block.length - length, null);
    length += count;
    if (count === 0 || length === block.length) {
      return block.subarray(0, length);
    }
  }
}

function link(from: string, to: string): void {
  fs.rmSync(bytes(to), { force: true });
  fs.linkSync(bytes(from), bytes(to));
}

function rename(from: string, to: string): void {
  fs.renameSync(bytes(from), bytes(to));
  sync(dirname(to));
}

/** Whatever the umask is. */
function makeDirectory(path: string, mode: number): void {
  fs.mkdirSync(bytes(path), mode);
  fs.chmodSync(bytes(path), mode);
}

async function withoutInterrupts<Result>(work: () => Promise<Result>): Promise<Result> {
  const ignore = (): void => {};
  for (const signal of INTERRUPTS) {
    process.on(signal, ignore);
  }
  try {
    return await work();
  } finally {
    for (const signal of INTERRUPTS) {
      process.off(signal, ignore);
    }
  }
}
