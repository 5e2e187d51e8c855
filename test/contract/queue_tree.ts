/**
 * The queue directory of a case: laid out from the starting state, and read after the work.
 *
 * Ages count in whole seconds from the moment that the lay-out is for, so that the same state twice gives the same
 * tree. A time within the run is "now". Directories' atimes are not told, nor sockets: what touches those is
 * the test.
 */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { MailOwner } from "../../lab/machine.ts";
import type { FileSpec, FoundFile, State, StateEntry } from "./contract_case.ts";
import { makeFifo } from "./kernel.ts";

/** open(2)'s, which Node does not know; the same on x86_64 and aarch64. */
const O_NOATIME = 0o1000000;

/** What every queue directory has. */
const DIRECTORIES = ["flush", "deferred", "defer", "incoming", "active", "hold"];

const AGE_SECONDS = 1000;
const DIRECTORY_AGE_SECONDS = 2000;
const PERMISSIONS = 0o7777;

/** Longer files are told by length and digest. */
const SHOWN_BYTES_MAX = 4096;

/** The tree that a run left behind, by path. */
export type Tree = Readonly<Record<string, FoundFile>>;

/** The seconds that a run took, of the clock on the wall. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Now, in whole seconds. */
export function wallSecond(): number {
  return Math.floor(Date.now() / 1000);
}

/** Makes a queue directory that lacks nothing but the state. */
export function makeQueue(root: string, owner: MailOwner): void {
  mkdirSync(root);
  mkdirSync(join(root, "pid"));
  mkdirSync(join(root, "public"));
  chownSync(join(root, "public"), owner.uid, owner.gid);
}

/** Lays the state out in the folder `root`, as it is to be at `second`; what is there under the same names goes. */
export function layOutQueue(root: string, state: State, owner: MailOwner, second: number): void {
  const startSecond = wallSecond();
  for (const name of DIRECTORIES) {
    if (existsSync(join(root, name))) {
      rmSync(join(root, name), { recursive: true });
    }
    makeDirectory(join(root, name), owner);
  }
  for (const [path, entry] of Object.entries(state)) {
    makeEntry(root, path, typeof entry === "string" ? { text: entry } : entry, owner);
  }
  for (const [path, entry] of Object.entries(state)) {
    setTimes(join(root, path), entry, second);
  }
  for (const name of DIRECTORIES) {
    ageDirectories(join(root, name), second, startSecond);
  }
}

function makeDirectory(path: string, owner: MailOwner): void {
  mkdirSync(path);
  chmodSync(path, 0o700);
  chownSync(path, owner.uid, owner.gid);
}

function makeEntry(root: string, path: string, spec: FileSpec, owner: MailOwner): void {
  const full = join(root, path);
  makeParents(root, path, owner);
  const { uid, gid } = spec.owner === "root" ? { uid: 0, gid: 0 } : owner;
  if (spec.linkTo !== undefined) {
    symlinkSync(spec.linkTo, full);
    lchownSync(full, uid, gid);
    return;
  }
  if (spec.sameAs !== undefined) {
    linkSync(join(root, spec.sameAs), full);
    return;
  }
  switch (spec.kind ?? "file") {
    case "missing":
      rmSync(full, { recursive: true, force: true });
      return;
    case "dead socket":
    case "full socket":
      return; // The stand-in for the queue manager makes these.
    case "fifo":
      makeFifo(full, 0o600);
      break;
    case "directory":
      mkdirSync(full, { recursive: true });
      break;
    case "file":
      writeFileSync(full, Buffer.from(spec.text ?? "", "latin1"));
  }
  chmodSync(full, spec.mode ?? (path.startsWith("flush/") ? 0o600 : 0o700));
  chownSync(full, uid, gid);
}

function makeParents(root: string, path: string, owner: MailOwner): void {
  const parent = dirname(path);
  if (parent !== "." && lstatSync(join(root, parent), { throwIfNoEntry: false }) === undefined) {
    makeParents(root, parent, owner);
    makeDirectory(join(root, parent), owner);
  }
}

function setTimes(path: string, entry: StateEntry, second: number): void {
  const { age = AGE_SECONDS, mtimeAge = age, kind } = typeof entry === "string" ? {} : entry;
  if (kind !== "missing" && kind !== "dead socket" && kind !== "full socket") {
    lutimesSync(path, second - age, second - mtimeAge);
  }
}

function ageDirectories(path: string, second: number, startSecond: number): void {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status?.isDirectory()) {
    for (const name of readdirSync(path)) {
      ageDirectories(join(path, name), second, startSecond);
    }
    // One whose age the state sets keeps it: nothing was put into it since. Reading it has changed its atime.
    const isAged = status.mtimeMs < (startSecond - 1) * 1000;
    const then = second - DIRECTORY_AGE_SECONDS;
    lutimesSync(path, isAged ? status.atime : then, isAged ? status.mtime : then);
  }
}

/** What is in the queue directory now, `public` included, by path. */
export function readTree(root: string, owner: MailOwner, span: Span): Tree {
  const tree: Record<string, FoundFile> = {};
  for (const name of [...DIRECTORIES, "public"]) {
    readInto(tree, root, name, owner, span);
  }
  return tree;
}

function readInto(
  tree: Record<string, FoundFile>,
  root: string,
  path: string,
  owner: MailOwner,
  span: Span,
): void {
  const full = join(root, path);
  const status = lstatSync(full, { throwIfNoEntry: false });
  if (status === undefined || status.isSocket()) {
    return;
  }
  tree[path] = describe(full, status, owner, span);
  if (status.isDirectory()) {
    for (const name of readdirSync(full).sort()) {
      readInto(tree, root, `${path}/${name}`, owner, span);
    }
  }
}

function describe(full: string, status: Stats, owner: MailOwner, span: Span): FoundFile {
  const mode = `0${(status.mode & PERMISSIONS).toString(8)}`;
  const common = { mode, owner: ownerOf(status, owner) };
  const mtime = timeOf(status.mtimeMs, span);
  const times = { atime: timeOf(status.atimeMs, span), mtime };
  if (status.isDirectory()) {
    // Sockets come and go in public/ with the test.
    return { kind: "directory", ...common, ...(full.endsWith("/public") ? {} : { mtime }) };
  }
  if (status.isFIFO()) {
    return { kind: "fifo", ...common };
  }
  if (status.isSymbolicLink()) {
    return { kind: "link", ...common, target: readlinkSync(full), mtime };
  }
  return {
    kind: "file",
    ...common,
    links: status.nlink,
    text: shownText(readQuietly(full)),
    ...times,
  };
}

function ownerOf({ uid, gid }: Stats, owner: MailOwner): string {
  const isOwners = uid === owner.uid && gid === owner.gid;
  return isOwners ? owner.name : uid === 0 && gid === 0 ? "root" : `${uid}:${gid}`;
}

function timeOf(ms: number, { first, last }: Span): number | "now" {
  const second = Math.floor(ms / 1000);
  return second >= first && second <= last ? "now" : first - second;
}

/** A file's content. Reading must not look like reading by the service, which a refresh goes by. */
export function readQuietly(path: string): string {
  const file = openSync(path, constants.O_RDONLY | O_NOATIME);
  try {
    return readFileSync(file, "latin1");
  } finally {
    closeSync(file);
  }
}

/** How a file's content is told. */
export function shownText(text: string): string {
  return text.length <= SHOWN_BYTES_MAX ? text : `${text.length} bytes, ${Bun.hash(text)}`;
}
